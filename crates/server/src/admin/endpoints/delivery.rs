//! A delivery as the API shows it: a row of the ledger, from the endpoint's side.

use cuebook_core::effect::{AttemptOutcome, Effect, EffectState};
use cuebook_core::endpoint::TEST;
use cuebook_core::{EffectId, EventId, Timestamp};
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::effects::AttemptBody;
use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// A message on its way to an endpoint, or there.
#[derive(Debug, Object)]
#[oai(rename = "Delivery", example)]
pub(crate) struct DeliveryBody {
    /// Its id, also in the ledger of effects.
    id: Text<EffectId>,
    /// Where it stands. `held` while the endpoint is paused or disabled.
    state: Text<EffectState>,
    /// Its `webhook-id`, the same on each attempt.
    webhook_id: String,
    /// The event that is forwarded; `null` of a test.
    event_id: Option<Text<EventId>>,
    /// Whether it only tries the endpoint out.
    test: bool,
    /// Where to, as it was when the delivery was made.
    target: String,
    /// What was tried.
    attempts: Vec<AttemptBody>,
    /// When it is tried next; `null` if it is not.
    next_attempt_at: Option<Text<Timestamp>>,
    /// When it was made.
    created_at: Text<Timestamp>,
    /// When it came to its state.
    settled_at: Option<Text<Timestamp>>,
}

/// A page of deliveries, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct DeliveryPage {
    /// The deliveries.
    pub(super) items: Vec<DeliveryBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(super) next_cursor: Option<Text<Cursor>>,
}

impl DeliveryBody {
    /// The delivery as `masking` lets it be seen.
    pub(super) fn new(effect: Effect, masking: Masking) -> Self {
        let test = effect.path == TEST;
        let attempts = effect.attempts.into_iter();
        Self {
            id: Text(effect.id),
            state: Text(effect.state),
            webhook_id: effect.key,
            event_id: (!test).then_some(Text(effect.event_id)),
            test,
            target: masking.text(effect.target),
            attempts: attempts
                .map(|attempt| AttemptBody::new(attempt, masking))
                .collect(),
            next_attempt_at: effect.next_attempt_at.map(Text),
            created_at: Text(effect.created_at),
            settled_at: effect.settled_at.map(Text),
        }
    }
}

impl Example for DeliveryBody {
    fn example() -> Self {
        Self {
            id: Text(sample::effect_id()),
            state: Text(EffectState::Done),
            webhook_id: "msg_4b2f6d1e9c0a7f35d8e2b1c4a6f70913".to_owned(),
            event_id: Some(Text(sample::event_id())),
            test: false,
            target: sample::ENDPOINT_URL.to_owned(),
            attempts: vec![AttemptBody::of_example(AttemptOutcome::Done, 204)],
            next_attempt_at: None,
            created_at: Text(sample::instant(1)),
            settled_at: Some(Text(sample::instant(2))),
        }
    }
}

impl Example for DeliveryPage {
    fn example() -> Self {
        Self {
            items: vec![DeliveryBody::example()],
            next_cursor: None,
        }
    }
}
