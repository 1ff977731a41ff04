//! Compares the hashes of what a text may name with those that are searched for.

use std::collections::{BTreeSet, HashMap};

use super::super::terms::{NameHash, NameHasher, Term, TermKind};
use super::{candidates, views};

/// How many layers of encodings are undone: a mail within JSON within JSON.
const LAYERS: usize = 3;
/// The longest text that is looked at as one; a step's answer has 1 MiB at most, a body too.
const LONGEST: usize = 64 << 20;

/// What was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::privacy) struct Seen {
    /// Whether the person is named, by pid or address.
    pub(in crate::privacy) person: bool,
    /// Whether a booking that is searched for is named.
    pub(in crate::privacy) booking: bool,
    /// Bookings that are the person's.
    pub(in crate::privacy) bookings: BTreeSet<NameHash>,
}

impl Seen {
    /// Whether anything was.
    pub(in crate::privacy) fn any(&self) -> bool {
        self.person || self.booking
    }

    /// Adds what was seen elsewhere.
    pub(in crate::privacy) fn add(&mut self, other: Self) {
        self.person |= other.person;
        self.booking |= other.booking;
        self.bookings.extend(other.bookings);
    }
}

/// What is searched for.
#[derive(Clone)]
pub(in crate::privacy) struct Matcher {
    pub(super) hasher: NameHasher,
    wanted: HashMap<NameHash, Vec<TermKind>>,
}

impl Matcher {
    /// For these terms.
    pub(in crate::privacy) fn new(
        hasher: NameHasher,
        terms: impl IntoIterator<Item = Term>,
    ) -> Self {
        let mut wanted: HashMap<NameHash, Vec<TermKind>> = HashMap::new();
        for term in terms {
            wanted.entry(term.hash).or_default().push(term.kind);
        }
        Self { hasher, wanted }
    }

    /// What a text that is no JSON names.
    pub(in crate::privacy) fn text(&self, text: &[u8]) -> Seen {
        let mut seen = Seen::default();
        self.layers(text.get(..LONGEST).unwrap_or(text), 0, &mut seen);
        seen
    }

    /// What a text names that is a pid as a whole, of whatever kind.
    pub(in crate::privacy) fn subject(&self, pid: &str) -> Seen {
        let mut seen = Seen::default();
        self.pid(pid.as_bytes(), None, &mut seen);
        seen
    }

    /// Whether a pid is searched for, as this kind or as any.
    pub(super) fn pid(&self, pid: &[u8], kind: Option<TermKind>, seen: &mut Seen) {
        let Some(wanted) = self.wanted.get(&self.hasher.pid(pid)) else {
            return;
        };
        for found in wanted {
            if kind.is_none_or(|kind| kind == *found) {
                note(*found, seen);
            }
        }
    }

    fn layers(&self, text: &[u8], layer: usize, seen: &mut Seen) {
        candidates::addresses(text, |address| {
            if let Some(wanted) = self.wanted.get(&self.hasher.email(address)) {
                for found in wanted {
                    note(*found, seen);
                }
            }
        });
        candidates::pids(text, |pid, kind| self.pid(pid, kind, seen));
        if layer < LAYERS {
            for view in views::of(text) {
                self.layers(&view, layer + 1, seen);
            }
        }
    }
}

fn note(kind: TermKind, seen: &mut Seen) {
    match kind {
        TermKind::Person | TermKind::Email => seen.person = true,
        TermKind::Booking => seen.booking = true,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::terms::Person;
    use super::*;
    use crate::secrets::SecretKey;

    pub(in super::super) fn looking_for(
        person: Option<&str>,
        email: Option<&str>,
        booking: Option<&str>,
    ) -> Matcher {
        let hasher = NameHasher::new(&SecretKey::new([7; 32]));
        let person = Person {
            person: person.map(str::to_owned),
            email: email.map(str::to_owned),
            booking: booking.map(str::to_owned),
        };
        let terms = hasher.terms(&person);
        Matcher::new(hasher, terms)
    }

    #[test]
    fn an_address_is_found_in_any_case_and_encoding_and_no_other_is() {
        let matcher = looking_for(None, Some("Tom@Tomsons.com"), None);
        for text in [
            "to TOM@tomsons.COM!",
            "To: =?utf-8?Q?Tom?= <tom@tomsons.com>\r\n\r\nSGVsbG8=",
            r#"{"a":"{\"to\":\"tom\\u0040tomsons.com\"}"}"#,
            "body\\nSGVsbG8gdG9tQHRvbXNvbnMuY29tLCB0aGFua3M=",
            "https://x.ch/?mail=tom%40tomsons.com",
        ] {
            assert!(matcher.text(text.as_bytes()).person, "{text}");
        }
        for text in [
            "atom@tomsons.com",
            "tom@tomsons.com.ch",
            "tom at tomsons.com",
        ] {
            assert!(!matcher.text(text.as_bytes()).any(), "{text}");
        }
    }

    #[test]
    fn a_booking_with_the_pid_of_a_person_is_another_thing() {
        let matcher = looking_for(Some("77"), None, None);
        assert!(matcher.text(br#""person_pid":77"#).person);
        assert!(!matcher.text(br#""booking_pid":77"#).any());
        assert!(!matcher.text(b"77 seats").any());
    }
}
