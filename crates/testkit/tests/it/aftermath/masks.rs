//! Texts without what is another one each time.

/// Without the ports of the other systems.
pub(super) fn without_port(text: &str) -> String {
    const HOST: &str = "http://127.0.0.1:";
    let mut parts = text.split(HOST);
    let mut without = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        without.push_str("peer");
        without.push_str(part.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    }
    without
}

/// Without ids.
pub(super) fn without_ids(text: &str) -> String {
    const LENGTH: usize = 36;
    let mut without = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        if rest.get(..LENGTH).is_some_and(is_id) {
            without.push_str("id");
            rest = &rest[LENGTH..];
        } else {
            without.push(sign);
            rest = &rest[sign.len_utf8()..];
        }
    }
    without
}

fn is_id(text: &str) -> bool {
    text.char_indices().all(|(at, sign)| match at {
        8 | 13 | 18 | 23 => sign == '-',
        _ => sign.is_ascii_hexdigit(),
    })
}
