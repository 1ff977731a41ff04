//! The same text with one layer of encoding undone: escapes of JSON and URLs, character references, quoted-printable,
//! encoded words of a mail's headers, base64. Undone leniently: what is no escape stays.

use super::base64;

/// What the text says with one layer less; nothing where it has none.
pub(super) fn of(text: &[u8]) -> Vec<Vec<u8>> {
    let mut views = Vec::new();
    let marked = |mark: u8| text.contains(&mark);
    if marked(b'\\') {
        views.push(replaced(text, json_escape));
    }
    if marked(b'%') {
        views.push(replaced(text, |rest| hex_escape(rest, b'%')));
    }
    if marked(b'=') {
        views.push(replaced(text, quoted_printable));
        if text.windows(2).any(|two| two == b"=?") {
            views.push(encoded_words(text));
        }
    }
    if text.windows(2).any(|two| two == b"&#") {
        views.push(replaced(text, reference));
    }
    views.retain(|view| view != text);
    views.extend(base64::decoded(text));
    views
}

/// Replaces whatever `escape` knows: it gives what stands there and how many bytes it took.
fn replaced(text: &[u8], escape: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>) -> Vec<u8> {
    let mut view = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if let Some((bytes, length)) = escape(rest) {
            view.extend_from_slice(&bytes);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            view.push(*byte);
            rest = after;
        }
    }
    view
}

fn json_escape(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let [b'\\', letter, after @ ..] = rest else {
        return None;
    };
    let plain = match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' | b'f' => b' ',
        b'"' | b'/' | b'\\' => *letter,
        b'u' => {
            let digits = std::str::from_utf8(after.get(..4)?).ok()?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            return Some((utf8(code), 6));
        }
        _ => return None,
    };
    Some((vec![plain], 2))
}

fn hex_escape(rest: &[u8], mark: u8) -> Option<(Vec<u8>, usize)> {
    if rest.first() != Some(&mark) {
        return None;
    }
    let digits = std::str::from_utf8(rest.get(1..3)?).ok()?;
    let byte = u8::from_str_radix(digits, 16).ok()?;
    Some((vec![byte], 3))
}

fn quoted_printable(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    match rest {
        [b'=', b'\r', b'\n', ..] => Some((Vec::new(), 3)),
        [b'=', b'\n', ..] => Some((Vec::new(), 2)),
        _ => hex_escape(rest, b'='),
    }
}

/// A numeric character reference of HTML.
fn reference(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let number = rest.strip_prefix(b"&#")?;
    let end = number.iter().take(9).position(|byte| *byte == b';')?;
    let digits = std::str::from_utf8(number.get(..end)?).ok()?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some((utf8(code), end + 3))
}

fn utf8(code: u32) -> Vec<u8> {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    character.to_string().into_bytes()
}

/// The words of RFC 2047, with what stands between two of them left out, as it says.
fn encoded_words(text: &[u8]) -> Vec<u8> {
    let mut view = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((bytes, length)) = encoded_word(rest) {
            view.extend_from_slice(&bytes);
            rest = rest.get(length..).unwrap_or_default();
            let between = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
            let next = rest.get(between.count()..).unwrap_or_default();
            if encoded_word(next).is_some() {
                rest = next;
            }
        } else if let Some((byte, after)) = rest.split_first() {
            view.push(*byte);
            rest = after;
        }
    }
    view
}

fn encoded_word(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let inner = rest.strip_prefix(b"=?")?;
    let mut parts = inner.splitn(4, |byte| *byte == b'?');
    let (charset, encoding, text, after) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if !after.starts_with(b"=") || text.len() > 200 || charset.len() > 40 {
        return None;
    }
    let bytes = match encoding {
        b"Q" | b"q" => {
            let spaced: Vec<u8> = text
                .iter()
                .map(|byte| if *byte == b'_' { b' ' } else { *byte })
                .collect();
            replaced(&spaced, |rest| hex_escape(rest, b'='))
        }
        b"B" | b"b" => base64::decoded(text).into_iter().next().unwrap_or_default(),
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + text.len() + 2;
    Some((bytes, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(text: &str, word: &str) -> bool {
        of(text.as_bytes())
            .iter()
            .any(|view| view.windows(word.len()).any(|part| part == word.as_bytes()))
    }

    #[test]
    fn each_encoding_is_undone() {
        for text in [
            r"tom\u0040x.ch",
            "tom%40x.ch",
            "tom=40x.ch",
            "tom@x=\r\n.ch",
            "tom&#64;x.ch",
            "tom&#x40;x.ch",
            "=?utf-8?Q?tom=40x.ch?=",
            "=?utf-8?q?tom=40?=\r\n =?utf-8?q?x.ch?=",
            "=?UTF-8?B?SGVsbG8gdG9tQHguY2g=?=",
            "SGVsbG8gdG9tQHguY2g=",
        ] {
            assert!(shows(text, "tom@x.ch"), "{text}");
        }
    }

    #[test]
    fn a_text_without_encodings_has_no_views() {
        assert!(of(b"Dear Tom, thank you").is_empty());
    }
}
