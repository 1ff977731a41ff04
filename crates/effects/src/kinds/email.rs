//! `email::send`: mails, prepared where the script calls it and delivered by SMTP.

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind, PrepareContext,
};
use cuebook_core::send::{PreparedSend, Route};

use super::kind::{Kind, Perform};
use crate::arguments::Options;
use crate::effects::{Delivered, Delivery, Outside};
use crate::http::Passage;
use crate::mail::{Content, Envelope, Fields, Mail, OPTIONS};

/// The name of the function that sends mails.
pub const NAME: &str = "email::send";

/// The largest mail, in bytes: what most servers take.
const LIMIT: usize = 20 * 1024 * 1024;

/// The largest sum of the mails that one call makes, in bytes.
const IN_ALL: usize = 25 * 1024 * 1024;

/// `email::send`
pub(super) const SEND: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: NAME,
        kind: FunctionKind::Send(prepare),
        parameters: &[Parameter {
            name: "mail",
            kind: ParameterKind::Options(OPTIONS),
            required: true,
            doc: "Who gets what.",
        }],
        answer: Answer::Unit,
        doc: "Sends a mail when the run's segment has ended. It is built where it is called: a bad address or a missing \
              template throws there. Several in `to` get a message each, unless `together` is true. It is sent at least \
              once, with the same `Message-ID` on each attempt. A mail has 20 MiB at most, and all that one call makes 25 MiB.",
        example: r#"email::send(#{
    to: "Tom Tomson <tom@tomsons.com>",
    subject: "Thank you",
    text: "Your seats are booked.",
});"#,
    },
    perform: Perform::Send {
        // The mail server's connections are few, and whoever claims mails claims no more than those.
        passage: |_, _| Some(Passage::default()),
        queue: |_, _| None,
        deliver: |outside, send, _| Box::pin(deliver(outside, send)),
    },
};

fn prepare(
    context: &PrepareContext<'_>,
    arguments: &[Value],
) -> Result<Vec<PreparedSend>, CallError> {
    let options = Options::check(arguments.first(), OPTIONS)?;
    let fields = Fields::read(options, context.default_from)?;
    let content = Content::read(context, options)?;
    let mut sends = Vec::new();
    let mut in_all = 0;
    for (part, to) in (0..).zip(fields.messages()) {
        let key = (context.key)(part);
        let mail = Mail::build(&fields, &content, to, &key, context.now)?;
        if mail.bytes.len() > LIMIT {
            return Err(CallError::invalid(format!(
                "the mail has {} bytes; servers take {LIMIT} at most",
                mail.bytes.len()
            )));
        }
        in_all += mail.bytes.len();
        if in_all > IN_ALL {
            return Err(CallError::invalid(format!(
                "the mails of one call have {IN_ALL} bytes at most in all, since each receiver gets one: write to fewer, attach less, or say `together: true`"
            )));
        }
        sends.push(PreparedSend {
            part,
            route: Route::Outbox,
            target: mail.envelope.to.join(", "),
            key,
            envelope: serde_json::to_value(&mail.envelope).map_err(|error| {
                CallError::invalid(format!("the mail cannot be stored: {error}"))
            })?,
            body: mail.bytes,
        });
    }
    Ok(sends)
}

async fn deliver(outside: &Outside, send: &Delivery<'_>) -> Result<Delivered, AttemptError> {
    let envelope: Envelope = serde_json::from_value(send.envelope.clone()).map_err(|error| {
        AttemptError::fail(CallError::invalid(format!(
            "the stored envelope cannot be read: {error}"
        )))
    })?;
    let mailer = outside.mailer.as_ref().ok_or_else(|| {
        AttemptError::fail(CallError::new(
            "not_configured",
            "mails cannot be sent: set smtp.url",
        ))
    })?;
    mailer.deliver(&envelope, send.body).await
}
