//! Mail addresses as scripts write them: `tom@tomsons.com`, `Tom Tomson <tom@tomsons.com>`.
//!
//! The display name may be any text. A domain beyond ASCII is encoded (IDNA); a local part beyond ASCII is refused, since
//! few servers take it.

use cuebook_core::failure::CallError;
use lettre::Address;
use lettre::message::Mailbox;

/// The longest text that is read as an address, in bytes.
const LIMIT: usize = 500;

/// Reads one address. `field` names it in messages.
pub(super) fn parse(field: &str, text: &str) -> Result<Mailbox, CallError> {
    if text.chars().any(char::is_control) {
        return Err(CallError::invalid(format!(
            "{field}: an address must not hold control characters"
        )));
    }
    if text.len() > LIMIT {
        return Err(CallError::invalid(format!(
            "{field}: an address has at most {LIMIT} bytes"
        )));
    }
    let (name, address) = split(text.trim());
    let invalid = |why: &str| {
        CallError::invalid(format!(
            "{field}: {text:?} is no mail address{why}; write tom@example.org or Tom <tom@example.org>"
        ))
    };
    let (local, domain) = address.rsplit_once('@').ok_or_else(|| invalid(""))?;
    if !local.is_ascii() {
        return Err(invalid(
            ": the part before the @ holds letters beyond ASCII",
        ));
    }
    let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else {
        return Err(invalid(""));
    };
    let address = Address::new(local, domain).map_err(|_| invalid(""))?;
    Ok(Mailbox::new(name, address))
}

/// Display name and address. A name in quotes loses them.
fn split(text: &str) -> (Option<String>, &str) {
    let bracketed = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'));
    let Some((name, address)) = bracketed else {
        return (None, text);
    };
    let name = name.trim();
    let name = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
        .map_or_else(
            || name.to_owned(),
            |quoted| quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        );
    let name = name.trim();
    ((!name.is_empty()).then(|| name.to_owned()), address.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, String) {
        let mailbox = parse("to", text).unwrap();
        (mailbox.name.clone(), mailbox.email.to_string())
    }

    #[test]
    fn names_are_any_text() {
        let tom = |name: &str| (Some(name.to_owned()), "tom@tomsons.com".to_owned());
        assert_eq!(
            read("tom@tomsons.com"),
            (None, "tom@tomsons.com".to_owned())
        );
        assert_eq!(
            read(" <tom@tomsons.com> "),
            (None, "tom@tomsons.com".to_owned())
        );
        assert_eq!(read("Tom Tomson <tom@tomsons.com>"), tom("Tom Tomson"));
        assert_eq!(read("Müller, Zoë <tom@tomsons.com>"), tom("Müller, Zoë"));
        assert_eq!(
            read("\"Tom \\\"T\\\" <T>\" <tom@tomsons.com>"),
            tom("Tom \"T\" <T>")
        );
    }

    #[test]
    fn a_domain_beyond_ascii_is_encoded() {
        assert_eq!(read("info@bücher.ch").1, "info@xn--bcher-kva.ch");
        assert_eq!(read("cuebook@localhost").1, "cuebook@localhost");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "tom",
            "tom@",
            "@tomsons.com",
            "tom@tom sons.com",
            "a@b.ch, c@d.ch",
            "tom@127.0.0.1",
            "zoë@tomsons.com",
            "tom@tomsons.com\r\nBcc: eve@evil.example",
            "Tom\u{0} <tom@tomsons.com>",
            "tom <tom@tomsons.com",
            "to m@tomsons.com",
            &format!("{}@tomsons.com", "x".repeat(600)),
        ] {
            assert_eq!(parse("to", text).unwrap_err().kind, "invalid", "{text:?}");
        }
    }
}
