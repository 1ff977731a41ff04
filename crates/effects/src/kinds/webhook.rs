//! `webhook::send`: tells another system something, at least once.

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind, PrepareContext,
};
use cuebook_core::send::{PreparedSend, Route};
use reqwest::Method;

use super::kind::{Kind, Perform};
use crate::arguments;
use crate::effects::{Delivered, Delivery, Outside};
use crate::http::{Head, Passage, Request, SEND_OPTIONS, judge_send, shown};

/// `webhook::send`
pub(super) const SEND: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "webhook::send",
        kind: FunctionKind::Send(prepare),
        parameters: &[
            Parameter {
                name: "url",
                kind: ParameterKind::Text,
                required: true,
                doc: "Where to: an `https://` URL.",
            },
            Parameter {
                name: "body",
                kind: ParameterKind::Any,
                required: true,
                doc: "A map or array is sent as JSON, a string as text, `#{form: #{…}}` as a form.",
            },
            Parameter {
                name: "options",
                kind: ParameterKind::Options(SEND_OPTIONS),
                required: false,
                doc: "Headers, authentication, timeout.",
            },
        ],
        answer: Answer::Unit,
        doc: "Posts to a URL when the run's segment has ended, and does not wait for the answer. It is sent at least once, \
              with the same bytes and the same `Idempotency-Key` on each attempt, until a 2xx answers. A 4xx other than \
              408, 425 and 429 is final.",
        example: r#"webhook::send("https://crm.example.org/hooks", #{ person: event.payload.person_pid }, #{
    auth: #{ bearer: secret("CRM_TOKEN") },
});"#,
    },
    perform: Perform::Send {
        passage,
        queue: |outside, send| outside.http.queue(&head(send).ok()?),
        deliver: |outside, send, passage| Box::pin(deliver(outside, send, passage)),
    },
};

fn prepare(
    context: &PrepareContext<'_>,
    arguments: &[Value],
) -> Result<Vec<PreparedSend>, CallError> {
    let url = arguments::text(arguments, 0, "url")?;
    let request = Request::read(
        Method::POST,
        url,
        arguments.get(1),
        arguments.get(2),
        SEND_OPTIONS,
    )?;
    let envelope = serde_json::to_value(&request.head)
        .map_err(|error| CallError::invalid(format!("the request cannot be stored: {error}")))?;
    Ok(vec![PreparedSend {
        part: 0,
        route: Route::Outbox,
        target: shown(&request.head.url),
        key: (context.key)(0),
        envelope,
        body: request.body,
    }])
}

fn passage(outside: &Outside, send: &Delivery<'_>) -> Option<Passage> {
    match head(send) {
        Ok(head) => outside.http.passage(&head),
        // The attempt will say what is wrong.
        Err(_) => Some(Passage::default()),
    }
}

fn head(send: &Delivery<'_>) -> Result<Head, serde_json::Error> {
    serde_json::from_value(send.envelope.clone())
}

async fn deliver(
    outside: &Outside,
    send: &Delivery<'_>,
    passage: Passage,
) -> Result<Delivered, AttemptError> {
    let head = head(send).map_err(|error| {
        AttemptError::fail(CallError::invalid(format!(
            "the stored request cannot be read: {error}"
        )))
    })?;
    let outcome = outside
        .http
        .perform(
            &Method::POST,
            &head,
            send.body.to_vec(),
            Some(send.key),
            passage,
        )
        .await;
    let exchange = judge_send(outcome, &shown(&head.url), outside.http.now())?;
    Ok(Delivered {
        status: Some(exchange.status),
        answer: exchange.excerpt(),
    })
}
