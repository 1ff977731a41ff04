//! Whose data it is about, as it is asked.

use cuebook_store::Person;
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::value::{Plain, Text};

/// Whose data is to be erased. At least one of the three names is needed; several are searched for together.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewErasure {
    /// The pid of the person.
    person: Option<Text<Plain>>,
    /// A mail address, in whatever case.
    email: Option<Text<Plain>>,
    /// The pid of a booking.
    booking: Option<Text<Plain>>,
    /// Only look what would be erased: nothing is changed.
    #[oai(default)]
    pub(super) dry_run: bool,
    /// Why, for the audit log. Mail addresses in it are hidden; name nobody there.
    pub(super) reason: Option<Text<Plain>>,
}

/// Whose data is to be gathered. At least one of the three names is needed; several are searched for together.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewExport {
    /// The pid of the person.
    person: Option<Text<Plain>>,
    /// A mail address, in whatever case.
    email: Option<Text<Plain>>,
    /// The pid of a booking.
    booking: Option<Text<Plain>>,
    /// Why, for the audit log. Mail addresses in it are hidden; name nobody there.
    pub(super) reason: Option<Text<Plain>>,
}

impl NewErasure {
    /// Whose data, or why that cannot be said.
    pub(super) fn person(&self) -> Result<Person, String> {
        named(
            self.person.as_ref(),
            self.email.as_ref(),
            self.booking.as_ref(),
        )
    }
}

impl NewExport {
    /// Whose data, or why that cannot be said.
    pub(super) fn person(&self) -> Result<Person, String> {
        named(
            self.person.as_ref(),
            self.email.as_ref(),
            self.booking.as_ref(),
        )
    }
}

type Name<'a> = Option<&'a Text<Plain>>;

fn named(person: Name<'_>, email: Name<'_>, booking: Name<'_>) -> Result<Person, String> {
    let text = |name: Name<'_>| name.map(|text| text.0.0.trim().to_owned());
    let person = Person {
        person: text(person),
        email: text(email),
        booking: text(booking),
    };
    let all = [&person.person, &person.email, &person.booking];
    if all.iter().all(|name| name.is_none()) {
        return Err("name whom it is about: `person`, `email` or `booking`".to_owned());
    }
    if all.iter().any(|name| name.as_deref() == Some("")) {
        return Err("a name that is empty names nobody".to_owned());
    }
    let is_address = |address: &String| {
        address
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.len() > 2)
            && !address.contains(char::is_whitespace)
    };
    if person
        .email
        .as_ref()
        .is_some_and(|email| !is_address(email))
    {
        return Err("`email` is an address alone, such as tom@example.com".to_owned());
    }
    Ok(person)
}

impl Example for NewErasure {
    fn example() -> Self {
        Self {
            person: None,
            email: Some(Text(Plain("tom@example.com".to_owned()))),
            booking: None,
            dry_run: true,
            reason: Some(Text(Plain("asked for by letter".to_owned()))),
        }
    }
}

impl Example for NewExport {
    fn example() -> Self {
        Self {
            person: None,
            email: Some(Text(Plain("tom@example.com".to_owned()))),
            booking: None,
            reason: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Text<Plain> {
        Text(Plain(text.to_owned()))
    }

    #[test]
    fn somebody_has_to_be_named_and_an_address_has_to_be_one() {
        assert!(named(None, None, None).is_err());
        assert!(named(Some(&name(" ")), None, None).is_err());
        for wrong in ["tom", "@x.ch", "Tom <tom@x.ch>", "tom@"] {
            assert!(named(None, Some(&name(wrong)), None).is_err(), "{wrong}");
        }
        let person = named(Some(&name(" 7 ")), Some(&name("tom@x.ch")), None).unwrap();
        assert_eq!(person.person.as_deref(), Some("7"));
        assert_eq!(person.email.as_deref(), Some("tom@x.ch"));
    }
}
