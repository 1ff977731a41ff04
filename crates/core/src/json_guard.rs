//! Whether JSON from outside may be handed to the parser: a look at its bytes, before anything is built from them.
//!
//! The parser bounds its depth, but an object whose first key is one of its private words is read by a parser of its
//! own, whose depth counts from nothing: nested so, a small body overflows the stack.

/// How deep JSON may be nested.
const DEPTH: usize = 128;
/// How the parser's private words begin.
const PRIVATE: &[u8] = b"$serde_json::private::";

/// Why JSON is not handed to the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// It is nested too deeply.
    #[error("it is nested deeper than {DEPTH} levels")]
    TooDeep,
    /// An object has a key that no object may have.
    #[error("a key begins with \"$serde_json::private::\"")]
    PrivateKey,
}

/// Whether `bytes`, if they are JSON at all, may be parsed. What is no JSON may pass: that is the parser's to say.
///
/// # Errors
/// Where they may not.
pub fn check(bytes: &[u8]) -> Result<(), Unsafe> {
    let mut depth = 0_usize;
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Unsafe::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(after);
                let (text, after) = after.split_at(end);
                rest = after.get(1..).unwrap_or_default();
                if is_private(text) && rest.trim_ascii_start().starts_with(b":") {
                    return Err(Unsafe::PrivateKey);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where the string that begins here ends.
fn string_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b'"') => return at,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Whether a string, as it is written between its quotes, begins with a private word's beginning.
fn is_private(text: &[u8]) -> bool {
    let mut rest = text;
    PRIVATE.iter().all(|expected| {
        let read = character(rest);
        rest = read.map_or(&[][..], |(_, after)| after);
        read.is_some_and(|(byte, _)| byte == *expected)
    })
}

/// The first character of a written string, and what follows it; `None` where it is none that a private word has.
fn character(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [b'\\', b'u', digits @ ..] => {
            let (digits, after) = digits.split_at_checked(4)?;
            let digits = std::str::from_utf8(digits).ok()?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            Some((u8::try_from(code).ok()?, after))
        }
        [b'\\', ..] | [] => None,
        [byte, after @ ..] => Some((*byte, after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_and_what_is_none_pass() {
        for text in [
            r#"{"type":"t","payload":{"a":[1,"{[\"",null],"$ref":"x","$serde_json":1}}"#,
            r#"{"a":"$serde_json::private::Number"}"#,
            r#"["$serde_json::private::RawValue", "\\"]"#,
            r#"{"\u00e9\uD83C\uDFAD":1,"\"$serde_json::private::Number":2}"#,
            "rubbish \" \\",
            "\\u",
            "\"\\u00",
            "]]]}",
            "",
        ] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_private_key_is_refused_however_it_is_written() {
        for text in [
            r#"{"$serde_json::private::RawValue":"1"}"#,
            r#"[{"a":1,"$serde_json::private::Number" :"1"}]"#,
            r#"{"\u0024serde_json::private::RawValue":"1"}"#,
            r#"{"$serde\u005Fjson\u003a:private::RawValue":"1"}"#,
            "{\"$serde_json::private::Other\"\n:1}",
        ] {
            assert_eq!(check(text.as_bytes()), Err(Unsafe::PrivateKey), "{text}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused_and_strings_do_not_nest() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(check(nested(DEPTH).as_bytes()), Ok(()));
        assert_eq!(check(nested(DEPTH + 1).as_bytes()), Err(Unsafe::TooDeep));
        assert_eq!(check("[]".repeat(1000).as_bytes()), Ok(()));
        assert_eq!(
            check(format!("\"{}\"", "[".repeat(1000)).as_bytes()),
            Ok(())
        );
    }
}
