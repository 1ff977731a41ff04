//! Regular expressions, bounded: a pattern's length, its compiled size, and the text that it is run on. They take time in
//! proportion to text and compiled size, so the product of the two is bounded as well.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use cuebook_core::CallError;
use cuebook_core::limits;
use regex::{Regex, RegexBuilder};

/// The longest text that a pattern is run on, in bytes.
const TEXT: usize = 64 * 1024;
/// Text times compiled size, in bytes each: less than a tenth of a second.
const WORK: usize = 256 * 1024 * 1024;
/// The smallest bound of a compiled size that is told apart, in bytes.
const SMALLEST: usize = WORK / TEXT;
/// How many compiled patterns are kept, and how many bytes of them.
const KEPT: usize = 64;
const KEPT_BYTES: usize = 2 * 1024 * 1024;

static COMPILED: LazyLock<Mutex<HashMap<String, Compiled>>> = LazyLock::new(Mutex::default);

/// A compiled pattern, and the longest text that it is run on.
#[derive(Clone)]
struct Compiled {
    regex: Regex,
    longest: usize,
}

/// Whether `pattern` is found in `text`.
pub(super) fn matches(text: &str, pattern: &str) -> Result<bool, CallError> {
    Ok(compiled_for(text, pattern)?.is_match(text))
}

/// The first match of `pattern` in `text`, or what its first group holds if the pattern has one.
pub(super) fn find(text: &str, pattern: &str) -> Result<Option<String>, CallError> {
    let regex = compiled_for(text, pattern)?;
    let Some(found) = regex.captures(text) else {
        return Ok(None);
    };
    let place = usize::from(regex.captures_len() > 1);
    Ok(found.get(place).map(|part| part.as_str().to_owned()))
}

/// The pattern, if it may be run on `text`.
fn compiled_for(text: &str, pattern: &str) -> Result<Regex, CallError> {
    if text.len() > TEXT {
        return Err(CallError::invalid(format!(
            "the text is longer than {} KiB, which is as much as a pattern is run on",
            TEXT / 1024
        )));
    }
    let compiled = compiled(pattern)?;
    if text.len() > compiled.longest {
        return Err(CallError::invalid(format!(
            "the text is longer than {} KiB, which is as much as a pattern of this size is run on: repeat less",
            compiled.longest / 1024
        )));
    }
    Ok(compiled.regex)
}

fn compiled(pattern: &str) -> Result<Compiled, CallError> {
    if pattern.len() > limits::PATTERN {
        return Err(CallError::invalid(format!(
            "the pattern is longer than {} bytes",
            limits::PATTERN
        )));
    }
    let kept = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(compiled) = kept().get(pattern) {
        return Ok(compiled.clone());
    }
    let compiled = compile(pattern)?;
    let mut kept = kept();
    let bytes: usize = kept.values().map(|one| WORK / one.longest).sum();
    if kept.len() >= KEPT || bytes + WORK / compiled.longest > KEPT_BYTES {
        kept.clear();
    }
    kept.insert(pattern.to_owned(), compiled.clone());
    Ok(compiled)
}

/// Compiles `pattern` within the smallest bound that it keeps: the compiler does not say what it needed.
fn compile(pattern: &str) -> Result<Compiled, CallError> {
    let mut bound = SMALLEST;
    loop {
        let built = RegexBuilder::new(pattern)
            .size_limit(bound)
            .dfa_size_limit(limits::COMPILED_PATTERN)
            .build();
        return match built {
            Ok(regex) => Ok(Compiled {
                regex,
                longest: WORK / bound,
            }),
            Err(regex::Error::CompiledTooBig(_)) if bound < limits::COMPILED_PATTERN => {
                bound *= 2;
                continue;
            }
            Err(regex::Error::CompiledTooBig(_)) => Err(CallError::invalid(
                "the pattern is too large when it is compiled: repeat less",
            )),
            Err(error) => Err(CallError::invalid(format!(
                "the pattern cannot be read: {}",
                reason(&error)
            ))),
        };
    }
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

    #[test]
    fn the_larger_a_pattern_the_shorter_the_text_that_it_is_run_on() {
        for pattern in [
            "(?:a{0,90}){0,90}z",
            "(?:a?b?c?){900}z",
            "(?:a?b?c?){200}z",
            "(?:a?b?c?){20}z",
            "a{0,200}a{0,200}z",
            r"(?:\w?a){9}z",
        ] {
            let begun = std::time::Instant::now();
            let Ok(compiled) = compiled(pattern) else {
                continue;
            };
            let longest = "a".repeat(compiled.longest.min(TEXT));
            assert!(!matches(&longest, pattern).unwrap(), "{pattern}");
            assert!(begun.elapsed().as_secs() < 4, "{pattern}");
            assert!(
                matches(&format!("{longest}a"), pattern).is_err(),
                "{pattern}"
            );
        }
        let whole = "a".repeat(TEXT);
        assert!(!matches(&whole, "<title>(.*?)</title>").unwrap());
        let address = r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$";
        assert!(matches("tom.muster@mail.example.com", address).unwrap());
        assert!(!matches(&"a".repeat(1024), address).unwrap());
    }
}
