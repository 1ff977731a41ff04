//! The words of a text that could be a name: mail addresses and pids.

use super::super::terms::TermKind;

/// A word that is so long, and has a digit, is taken for a pid wherever it stands; a shorter one only where a field says
/// that it is one, since `29` is a pid and a number of seats.
pub(super) const DISTINCT: usize = 8;
/// The most parts of a word of which combinations are tried.
const PARTS: usize = 12;
/// The most parts of one combination: a UUID has five.
const TOGETHER: usize = 6;
/// The longest pid.
const LONGEST: usize = 200;
/// The longest part of an address before its `@`.
const LOCAL: usize = 128;

/// What kind of pid stands under this word.
pub(super) fn kind_of(word: &str) -> Option<TermKind> {
    match word.to_ascii_lowercase().as_str() {
        "booking_pid" | "bookingpid" | "booking" | "bookings" | "booking_id" | "bookingid" => {
            Some(TermKind::Booking)
        }
        "person_pid" | "personpid" | "person" | "persons" | "person_id" | "personid"
        | "customer_pid" | "customer" | "customers" | "customer_id" | "guest" | "guests" => {
            Some(TermKind::Person)
        }
        _ => None,
    }
}

/// Whether a word counts as a pid wherever it stands.
pub(super) fn is_distinct(word: &[u8]) -> bool {
    (DISTINCT..=LONGEST).contains(&word.len()) && word.iter().any(u8::is_ascii_digit)
}

/// Calls `found` with each mail address that the text may hold; of `a=b@c` both `a=b@c` and `b@c`, since either may be one.
pub(super) fn addresses(text: &[u8], mut found: impl FnMut(&str)) {
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == b'@') {
        let after = text.get(at + 1..).unwrap_or_default();
        let end = after
            .iter()
            .position(|byte| !is_domain(*byte))
            .unwrap_or(after.len());
        let mut domain = after.get(..end).unwrap_or_default();
        while let [rest @ .., b'.' | b'-'] = domain {
            domain = rest;
        }
        let before = text.get(..at).unwrap_or_default();
        let begin = before
            .iter()
            .rposition(|byte| !is_local(*byte))
            .map_or(0, |place| place + 1);
        let local = before.get(begin..).unwrap_or_default();
        if domain.is_empty() || local.is_empty() || local.len() > LOCAL {
            continue;
        }
        let starts = (0..local.len()).filter(|start| {
            *start == 0 || local.get(start - 1).is_some_and(|byte| !is_plain(*byte))
        });
        for start in starts {
            let part = local.get(start..).unwrap_or_default();
            let address = [part, b"@", domain].concat();
            if let Ok(address) = std::str::from_utf8(&address) {
                found(address);
            }
        }
    }
}

/// Calls `found` with each word that could be a pid, and the kind that the word before it says it is.
pub(super) fn pids(text: &[u8], mut found: impl FnMut(&[u8], Option<TermKind>)) {
    let mut before: Option<TermKind> = None;
    for word in text.split(|byte| !is_word(*byte)) {
        if word.is_empty() {
            continue;
        }
        if before.is_some() && word.len() <= LONGEST {
            found(word, before);
        }
        before = std::str::from_utf8(word).ok().and_then(kind_of);
        if word.len() >= DISTINCT {
            combinations(word, &mut found);
        }
    }
}

/// A word, and its parts between hyphens and underscores: `welcome-293233446073` holds a pid.
fn combinations(word: &[u8], found: &mut impl FnMut(&[u8], Option<TermKind>)) {
    if is_distinct(word) {
        found(word, None);
    }
    let mut starts = vec![0];
    let separators = word.iter().enumerate();
    starts.extend(
        separators
            .filter(|(_, byte)| matches!(byte, b'-' | b'_'))
            .map(|(place, _)| place + 1),
    );
    if starts.len() == 1 {
        return;
    }
    starts.truncate(PARTS);
    let end_of = |part: usize| starts.get(part + 1).map_or(word.len(), |next| next - 1);
    for (first, start) in starts.iter().enumerate() {
        let last = (first + TOGETHER).min(starts.len());
        for part in first..last {
            let span = word.get(*start..end_of(part)).unwrap_or_default();
            if span.len() < word.len() && is_distinct(span) {
                found(span, None);
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || byte >= 0x80
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+') || byte >= 0x80
}

fn is_local(byte: u8) -> bool {
    is_plain(byte) || b"!#$%&'*/=?^`{|}~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses_of(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        addresses(text.as_bytes(), |address| all.push(address.to_owned()));
        all
    }

    fn pids_of(text: &str) -> Vec<(String, Option<TermKind>)> {
        let mut all = Vec::new();
        pids(text.as_bytes(), |pid, kind| {
            all.push((String::from_utf8(pid.to_vec()).unwrap(), kind));
        });
        all
    }

    #[test]
    fn an_address_ends_where_its_text_does() {
        assert_eq!(addresses_of("To: <tom@x.ch>, me"), ["tom@x.ch"]);
        assert_eq!(addresses_of("write to tom@x.ch."), ["tom@x.ch"]);
        assert_eq!(
            addresses_of("?email=tom@x.ch&b"),
            ["?email=tom@x.ch", "email=tom@x.ch", "tom@x.ch"]
        );
        assert_eq!(addresses_of("atom@x.ch"), ["atom@x.ch"]);
        assert_eq!(addresses_of("@ @x a@"), [""; 0]);
    }

    #[test]
    fn a_short_word_is_a_pid_only_behind_the_word_that_says_so() {
        assert_eq!(pids_of("29 seats"), []);
        assert_eq!(
            pids_of(r#""booking_pid": 29"#),
            [("29".to_owned(), Some(TermKind::Booking))]
        );
        assert_eq!(
            pids_of("https://api/persons/7/x"),
            [("7".to_owned(), Some(TermKind::Person))]
        );
    }

    #[test]
    fn a_long_word_counts_anywhere_also_as_a_part() {
        let found = pids_of("welcome-293233446073");
        assert!(found.contains(&("293233446073".to_owned(), None)));
        let uuid = "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11";
        for text in [
            uuid.to_owned(),
            format!("x-{uuid}-y"),
            format!("once_{uuid}"),
        ] {
            assert!(pids_of(&text).contains(&(uuid.to_owned(), None)), "{text}");
        }
    }
}
