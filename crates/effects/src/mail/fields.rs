//! The map that a script gives to `email::send`, checked.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::function::{OptionKey, ParameterKind};
use cuebook_core::limits;
use lettre::message::Mailbox;

use super::address;
use super::attachment::Attachment;
use crate::arguments::Options;

const fn key(
    name: &'static str,
    kind: ParameterKind,
    required: bool,
    doc: &'static str,
) -> OptionKey {
    OptionKey {
        name,
        kind,
        required,
        doc,
    }
}

/// The keys of the map.
pub(crate) const OPTIONS: &[OptionKey] = &[
    key(
        "to",
        ParameterKind::TextOrTexts,
        true,
        "Who gets it. Several get a message each, unless `together` is true.",
    ),
    key("cc", ParameterKind::TextOrTexts, false, "Who gets a copy."),
    key(
        "bcc",
        ParameterKind::TextOrTexts,
        false,
        "Who gets a copy that the others do not see.",
    ),
    key(
        "from",
        ParameterKind::Text,
        false,
        "The sender; the setting `smtp.from` if left out.",
    ),
    key(
        "reply_to",
        ParameterKind::TextOrTexts,
        false,
        "Who gets answers.",
    ),
    key(
        "subject",
        ParameterKind::Text,
        false,
        "The subject; the template's if left out.",
    ),
    key(
        "text",
        ParameterKind::Text,
        false,
        "The text; made from the HTML if left out.",
    ),
    key("html", ParameterKind::Text, false, "The text as HTML."),
    key(
        "template",
        ParameterKind::Text,
        false,
        "A template: `rules/templates/NAME.LOCALE.{subject,txt,html}`.",
    ),
    key(
        "locale",
        ParameterKind::Text,
        false,
        "The template's locale, such as `fr`; the setting `default_locale` where it is left out or lacks.",
    ),
    key(
        "data",
        ParameterKind::Map,
        false,
        "What the template shows.",
    ),
    key(
        "attachments",
        ParameterKind::Array,
        false,
        "Files: `[#{name: \"list.csv\", content: \"…\", type: \"text/csv\"}]`.",
    ),
    key(
        "together",
        ParameterKind::Bool,
        false,
        "Whether all in `to` get one message and see each other.",
    ),
];

/// The map, checked.
#[derive(Debug)]
pub(crate) struct Fields {
    /// Who gets it, each once.
    pub(super) to: Vec<Mailbox>,
    /// Who gets a copy.
    pub(super) cc: Vec<Mailbox>,
    /// Who gets a hidden copy.
    pub(super) bcc: Vec<Mailbox>,
    /// The sender.
    pub(super) from: Mailbox,
    /// Who gets answers.
    pub(super) reply_to: Vec<Mailbox>,
    /// What is attached.
    pub(super) attachments: Vec<Attachment>,
    /// Whether all in `to` get one message.
    pub(super) together: bool,
}

impl Fields {
    /// Reads the map that is the function's argument.
    pub(crate) fn read(
        options: Options<'_>,
        default_from: Option<&str>,
    ) -> Result<Self, CallError> {
        let fields = Self {
            to: addresses(options, "to")?,
            cc: addresses(options, "cc")?,
            bcc: addresses(options, "bcc")?,
            from: sender(options, default_from)?,
            reply_to: addresses(options, "reply_to")?,
            attachments: Attachment::read_all(options.get("attachments"))?,
            together: options.get("together") == Some(&Value::Bool(true)),
        };
        fields.check_recipients()?;
        Ok(fields)
    }

    /// Those who get one and the same message: one list a message.
    pub(crate) fn messages(&self) -> Vec<&[Mailbox]> {
        if self.together {
            vec![self.to.as_slice()]
        } else {
            self.to.chunks(1).collect()
        }
    }

    fn check_recipients(&self) -> Result<(), CallError> {
        if self.to.is_empty() {
            return Err(CallError::invalid("a mail needs somebody in `to`"));
        }
        let recipients = self.to.len() + self.cc.len() + self.bcc.len();
        if recipients > limits::RECIPIENTS {
            return Err(CallError::invalid(format!(
                "a mail has {} recipients at most, not {recipients}",
                limits::RECIPIENTS
            )));
        }
        let copies = !self.cc.is_empty() || !self.bcc.is_empty();
        if copies && self.to.len() > 1 && !self.together {
            return Err(CallError::invalid(
                "several in `to` get a message each, so `cc` and `bcc` would get one of each: say `together: true`, or write to one",
            ));
        }
        Ok(())
    }
}

fn addresses(options: Options<'_>, field: &str) -> Result<Vec<Mailbox>, CallError> {
    let texts = match options.get(field) {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
    };
    let mut addresses: Vec<Mailbox> = Vec::new();
    for text in texts {
        let address = address::parse(field, text.as_text().unwrap_or_default())?;
        // Who stands there twice still gets it once.
        if addresses.iter().all(|known| known.email != address.email) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

fn sender(options: Options<'_>, default_from: Option<&str>) -> Result<Mailbox, CallError> {
    match options.text("from").or(default_from) {
        Some(from) => address::parse("from", from),
        None => Err(CallError::invalid(
            "this mail has no sender: set smtp.from, or give `from`",
        )),
    }
}
