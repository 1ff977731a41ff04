//! What is looked at before an answer is read as JSON: how deep it nests, and that no key of it is a name by which the
//! JSON library marks its own values. An object with such a key would be read as a number.

/// How deep an answer may nest.
const DEPTH: usize = 64;

/// How the library's own names begin.
const PRIVATE: &str = "$serde_json::private::";

/// Why an answer is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Hostile {
    /// Whoever walks through it would run out of stack.
    #[error("the answer nests deeper than {DEPTH} levels")]
    TooDeep,
    /// A key that is none of an API's.
    #[error("the answer holds a key that the JSON library keeps for itself")]
    PrivateKey,
}

/// Refuses what must not be read. Whether it is JSON at all is for the parser to say.
pub(crate) fn guard(json: &[u8]) -> Result<(), Hostile> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Hostile::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = end_of_text(json, at);
                if is_private(&json[at..end]) {
                    return Err(Hostile::PrivateKey);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// The place behind the closing quotation mark of the text that opens at `start`.
fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match json.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return json.len(),
        }
    }
}

/// Whether a text, in its quotation marks, is one of the library's names. As a value it would do no harm, but no answer
/// has a use for it either.
fn is_private(text: &[u8]) -> bool {
    if !text.contains(&b'\\') {
        return text[1..].starts_with(PRIVATE.as_bytes());
    }
    serde_json::from_slice::<String>(text).is_ok_and(|text| text.starts_with(PRIVATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_nest_so_deep_and_no_deeper() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(guard(nested(DEPTH).as_bytes()), Ok(()));
        assert_eq!(guard(nested(DEPTH + 1).as_bytes()), Err(Hostile::TooDeep));
        let beside = format!("[{}]", vec!["[]"; 1000].join(","));
        assert_eq!(guard(beside.as_bytes()), Ok(()));
        assert_eq!(
            guard(br#"{"a": "[[[[\"[[[[\\\\"}"#.repeat(50).as_slice()),
            Ok(())
        );
    }

    #[test]
    fn the_librarys_own_keys_are_refused_however_they_are_written() {
        for key in [
            "$serde_json::private::Number",
            "\\u0024serde_json::private::Number",
            "$serde_json::private::RawValue",
        ] {
            let json = format!(r#"{{"a": {{"{key}": "1"}}}}"#);
            assert_eq!(guard(json.as_bytes()), Err(Hostile::PrivateKey), "{key}");
        }
        assert_eq!(guard(br#"{"serde": "\\u0024 5", "b": "open"#), Ok(()));
    }
}
