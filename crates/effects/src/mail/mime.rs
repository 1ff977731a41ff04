//! The bytes of a mail, built once: the same on every attempt and in every process.

use std::time::SystemTime;

use cuebook_core::Timestamp;
use cuebook_core::failure::CallError;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::fields::Fields;

/// The envelope of a mail: what SMTP needs beside the bytes, and what lists show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    /// The sender's address.
    pub(crate) from: String,
    /// The addresses of all who get it, hidden copies too.
    pub(crate) to: Vec<String>,
    /// Its `Message-ID`, in angle brackets.
    pub(crate) message_id: String,
    /// Its subject.
    pub(crate) subject: String,
}

/// A whole mail.
pub(crate) struct Mail {
    /// Its envelope.
    pub(crate) envelope: Envelope,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Mail {
    /// Builds the mail to `to`, one of [`Fields::messages`]. `key` makes its `Message-ID`.
    pub(crate) fn build(
        fields: &Fields,
        content: &Content,
        to: &[Mailbox],
        key: &str,
        now: Timestamp,
    ) -> Result<Self, CallError> {
        let envelope = Envelope {
            from: fields.from.email.to_string(),
            to: to
                .iter()
                .chain(&fields.cc)
                .chain(&fields.bcc)
                .map(|mailbox| mailbox.email.to_string())
                .collect(),
            message_id: format!("<{key}@{}>", fields.from.email.domain()),
            subject: content.subject.clone(),
        };
        let mut message = Message::builder()
            .message_id(Some(envelope.message_id.clone()))
            .date(SystemTime::from(now))
            .from(fields.from.clone())
            .subject(&content.subject)
            .raw_header(HeaderValue::new(
                // So that nobody's holiday note answers it (RFC 3834).
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        for mailbox in to {
            message = message.to(mailbox.clone());
        }
        for mailbox in &fields.cc {
            message = message.cc(mailbox.clone());
        }
        for mailbox in &fields.reply_to {
            message = message.reply_to(mailbox.clone());
        }
        let built = match (body(content, key), fields.attachments.is_empty()) {
            (Part::One(part), true) => message.singlepart(part),
            (Part::Many(part), true) => message.multipart(part),
            (part, false) => message.multipart(with_attachments(part, fields, key)?),
        };
        let built = built
            .map_err(|error| CallError::invalid(format!("the mail cannot be built: {error}")))?;
        Ok(Self {
            envelope,
            bytes: built.formatted(),
        })
    }
}

enum Part {
    One(SinglePart),
    Many(MultiPart),
}

fn body(content: &Content, key: &str) -> Part {
    let text = SinglePart::plain(content.text.clone());
    match &content.html {
        None => Part::One(text),
        Some(html) => Part::Many(
            MultiPart::alternative()
                .boundary(boundary(key, "alternative"))
                .singlepart(text)
                .singlepart(SinglePart::html(html.clone())),
        ),
    }
}

fn with_attachments(body: Part, fields: &Fields, key: &str) -> Result<MultiPart, CallError> {
    let mixed = MultiPart::mixed().boundary(boundary(key, "mixed"));
    let mut mixed = match body {
        Part::One(part) => mixed.singlepart(part),
        Part::Many(part) => mixed.multipart(part),
    };
    for attachment in &fields.attachments {
        // Base64 always: other encodings may change line ends on the way.
        let body =
            Body::new_with_encoding(attachment.content.clone(), ContentTransferEncoding::Base64)
                .map_err(|_| {
                    CallError::invalid(format!("{} cannot be attached", attachment.name))
                })?;
        mixed = mixed.singlepart(
            lettre::message::Attachment::new(attachment.name.clone())
                .body(body, attachment.content_type.clone()),
        );
    }
    Ok(mixed)
}

/// A boundary that nobody can foresee, and that is the same each time.
fn boundary(key: &str, part: &str) -> String {
    format!("cuebook-{part}-{key}")
}
