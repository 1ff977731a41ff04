//! Delivers a message to an endpoint: the bytes as they came, signed by Standard Webhooks, at least once.
//!
//! Scripts do not ask for it: the event's own acceptance does. Where an endpoint is and what signs its messages is looked up
//! at each attempt, so that a URL or a secret that was changed holds for what waits, too.

use cuebook_core::endpoint::{DELIVERY, DeliveryHead, Destination};
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind};
use reqwest::Method;
use url::Url;

use super::kind::{Kind, Perform};
use crate::effects::{Delivered, Delivery, Outside};
use crate::http::{Credential, Head, Passage, judge_delivery, shown};
use crate::signature::signatures;

/// A delivery to an endpoint.
pub(super) const DELIVER: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: DELIVERY,
        kind: FunctionKind::Send(|_, _| {
            let why = "messages are forwarded to endpoints by Cuebook, not by scripts";
            Err(CallError::invalid(why))
        }),
        parameters: &[],
        answer: Answer::Unit,
        doc: "Forwards a message to an endpoint.",
        example: "",
    },
    perform: Perform::Send {
        passage: |outside, send| match addressed(outside, send) {
            Ok((_, head, _)) => outside.http.passage(&head),
            // The attempt will say what is wrong.
            Err(_) => Some(Passage::default()),
        },
        queue: |outside, send| outside.http.queue(&addressed(outside, send).ok()?.1),
        deliver: |outside, send, passage| Box::pin(deliver(outside, send, passage)),
    },
};

async fn deliver(
    outside: &Outside,
    send: &Delivery<'_>,
    passage: Passage,
) -> Result<Delivered, AttemptError> {
    let (_, mut head, destination) = addressed(outside, send)?;
    let now = outside.http.now();
    let timestamp = now.timestamp().to_string();
    let signed = signatures(&destination.secrets, send.key, &timestamp, send.body);
    let signed = signed.map_err(|error| again(error.to_string()))?;
    head.headers = [
        ("webhook-id", send.key),
        ("webhook-timestamp", &timestamp),
        ("webhook-signature", &signed),
    ]
    .map(|(name, value)| (name.to_owned(), Credential::Text(value.to_owned())))
    .into();
    let outcome = outside
        .http
        .perform(&Method::POST, &head, send.body.to_vec(), None, passage)
        .await;
    let exchange = judge_delivery(outcome, &shown(&head.url), outside.http.now())?;
    Ok(Delivered {
        status: Some(exchange.status),
        answer: exchange.excerpt(),
    })
}

/// Where a delivery goes.
fn addressed(
    outside: &Outside,
    send: &Delivery<'_>,
) -> Result<(DeliveryHead, Head, Destination), AttemptError> {
    let stored: DeliveryHead = serde_json::from_value(send.envelope.clone()).map_err(|error| {
        let why = format!("the stored delivery cannot be read: {error}");
        AttemptError::fail(CallError::invalid(why))
    })?;
    let found = outside
        .destinations
        .destination(stored.endpoint, outside.http.now());
    let destination = found.ok_or_else(|| again("the endpoint is not there".to_owned()))?;
    let url = Url::parse(&destination.url)
        .map_err(|error| again(format!("the endpoint's URL cannot be used: {error}")))?;
    let head = Head {
        url,
        headers: Vec::new(),
        auth: None,
        content_type: Some(stored.content_type.clone()),
        timeout_ms: None,
    };
    Ok((stored, head, destination))
}

/// What a person may set right meanwhile.
fn again(why: String) -> AttemptError {
    AttemptError::retry(CallError::invalid(why), None)
}
