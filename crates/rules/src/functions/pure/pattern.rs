//! Regular expressions, bounded: a pattern's length, its compiled size, and the text that it is run on. They take time in
//! proportion to text and compiled size, never more.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use cuebook_core::CallError;
use cuebook_core::limits;
use regex::{Regex, RegexBuilder};

/// The longest text that a pattern is run on, in bytes.
const TEXT: usize = 64 * 1024;
/// How many compiled patterns are kept.
const KEPT: usize = 64;

static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);

/// Whether `pattern` is found in `text`.
pub(super) fn matches(text: &str, pattern: &str) -> Result<bool, CallError> {
    Ok(compile(pattern)?.is_match(bounded(text)?))
}

/// The first match of `pattern` in `text`, or what its first group holds if the pattern has one.
pub(super) fn find(text: &str, pattern: &str) -> Result<Option<String>, CallError> {
    let regex = compile(pattern)?;
    let Some(found) = regex.captures(bounded(text)?) else {
        return Ok(None);
    };
    let place = usize::from(regex.captures_len() > 1);
    Ok(found.get(place).map(|part| part.as_str().to_owned()))
}

fn bounded(text: &str) -> Result<&str, CallError> {
    if text.len() > TEXT {
        return Err(CallError::invalid(format!(
            "the text is longer than {} KiB, which is as much as a pattern is run on",
            TEXT / 1024
        )));
    }
    Ok(text)
}

fn compile(pattern: &str) -> Result<Regex, CallError> {
    if pattern.len() > limits::PATTERN {
        return Err(CallError::invalid(format!(
            "the pattern is longer than {} bytes",
            limits::PATTERN
        )));
    }
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = compiled.get(pattern) {
        return Ok(regex.clone());
    }
    let regex = RegexBuilder::new(pattern)
        .size_limit(limits::COMPILED_PATTERN)
        .dfa_size_limit(limits::COMPILED_PATTERN)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                CallError::invalid("the pattern is too large when it is compiled: repeat less")
            }
            error => CallError::invalid(format!("the pattern cannot be read: {}", reason(&error))),
        })?;
    if compiled.len() >= KEPT {
        compiled.clear();
    }
    compiled.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

/// What is wrong with a pattern, in one line: the last line of the parser's drawing of it.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_what_is_found_if_there_is_one() {
        assert_eq!(find("row 7", r"\d").unwrap().as_deref(), Some("7"));
        assert_eq!(find("row 7", r"row (\d)").unwrap().as_deref(), Some("7"));
        assert_eq!(find("row 7", r"seat (\d)").unwrap(), None);
        assert_eq!(find("row", r"row( \d)?").unwrap(), None);
        assert!(matches("ZÜRICH", "(?i)zürich").unwrap());
    }

    #[test]
    fn a_pattern_that_cannot_be_used_says_why() {
        let message = |pattern: &str| matches("x", pattern).unwrap_err().message;
        assert_eq!(message("(a"), "the pattern cannot be read: unclosed group");
        assert!(message(&"a".repeat(1025)).contains("longer than 1024 bytes"));
        assert!(message(r"(\w{100}){100}").contains("too large"));
    }

    #[test]
    fn a_bomb_is_over_at_once() {
        let text = "a".repeat(TEXT);
        assert!(!matches(&text, "(a+)+b").unwrap());
        let error = matches(&"a".repeat(TEXT + 1), "a").unwrap_err();
        assert!(error.message.contains("64 KiB"), "{}", error.message);
    }
}
