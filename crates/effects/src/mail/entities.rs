//! References to characters in HTML: `&amp;`, `&#235;`, `&#xeb;`.

/// Named characters that mails use.
const ENTITIES: [(&str, &str); 15] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("auml", "ä"),
    ("ouml", "ö"),
    ("uuml", "ü"),
    ("eacute", "é"),
];

/// The longest reference that is read as one, in characters: a bound for hostile input.
const REFERENCE_LIMIT: usize = 12;

/// `text` with its character references replaced.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest
            .char_indices()
            .take(REFERENCE_LIMIT)
            .find(|(_, c)| *c == ';');
        let reference = end
            .map(|(end, _)| &rest[1..end])
            .and_then(|name| Some((name, character(name)?)));
        if let Some((name, character)) = reference {
            out.push_str(&character);
            rest = &rest[name.len() + 2..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return Some(char::from_u32(code)?.to_string());
    }
    ENTITIES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read_and_the_rest_stays() {
        assert_eq!(decoded("a &amp; b &uuml;&#235;&#xEB;"), "a & b üëë");
        let rest = "&unknown; &#xffffffff; &; & &amp";
        assert_eq!(decoded(rest), rest);
    }
}
