//! An effect as the API shows it.

use cuebook_core::effect::{Attempt, AttemptOutcome, Effect, EffectState};
use cuebook_core::{EffectId, EndpointId, EventId, RunId, Timestamp};
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// A row of the ledger: something done outside, to be done, or perhaps done.
#[derive(Debug, Object)]
#[oai(rename = "Effect", example)]
pub(crate) struct EffectBody {
    /// Its id.
    id: Text<EffectId>,
    /// The function that wanted it, such as `email::send`; `endpoint::deliver` of what is forwarded.
    kind: String,
    /// Where it stands.
    state: Text<EffectState>,
    /// The receiver: a mail address, a URL without secrets, an event type.
    target: String,
    /// Its `Idempotency-Key` or `webhook-id`, the same on each attempt.
    key: String,
    /// The run that wanted it; `null` of what is forwarded.
    run_id: Option<Text<RunId>>,
    /// The endpoint that it is forwarded to; `null` of what a run wanted.
    endpoint_id: Option<Text<EndpointId>>,
    /// The event behind it.
    event_id: Text<EventId>,
    /// What was tried.
    attempts: Vec<AttemptBody>,
    /// When it was wanted.
    created_at: Text<Timestamp>,
    /// When it came to its state.
    settled_at: Option<Text<Timestamp>>,
}

/// One attempt at an effect.
#[derive(Debug, Object)]
#[oai(rename = "Attempt")]
pub(crate) struct AttemptBody {
    /// Its number, from 1.
    number: u32,
    /// When it began.
    started_at: Text<Timestamp>,
    /// When it ended.
    ended_at: Text<Timestamp>,
    /// How it ended.
    outcome: Text<AttemptOutcome>,
    /// The status that the other side answered, of HTTP or SMTP.
    status: Option<u16>,
    /// What went wrong.
    error: Option<String>,
    /// What the other side answered, shortened.
    answer: Option<String>,
}

/// A page of effects, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct EffectPage {
    /// The effects.
    pub(crate) items: Vec<EffectBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(crate) next_cursor: Option<Text<Cursor>>,
}

impl EffectBody {
    /// The effect as `masking` lets it be seen.
    pub(crate) fn new(effect: Effect, masking: Masking) -> Self {
        Self {
            id: Text(effect.id),
            kind: effect.kind,
            state: Text(effect.state),
            target: masking.text(effect.target),
            key: effect.key,
            run_id: effect.run_id.map(Text),
            endpoint_id: effect.endpoint.map(Text),
            event_id: Text(effect.event_id),
            attempts: effect
                .attempts
                .into_iter()
                .map(|attempt| AttemptBody::new(attempt, masking))
                .collect(),
            created_at: Text(effect.created_at),
            settled_at: effect.settled_at.map(Text),
        }
    }
}

impl AttemptBody {
    /// An attempt for an example.
    pub(crate) fn of_example(outcome: AttemptOutcome, status: u16) -> Self {
        Self {
            number: 1,
            started_at: Text(sample::instant(1)),
            ended_at: Text(sample::instant(2)),
            outcome: Text(outcome),
            status: Some(status),
            error: None,
            answer: None,
        }
    }

    /// The attempt as `masking` lets it be seen.
    pub(crate) fn new(attempt: Attempt, masking: Masking) -> Self {
        Self {
            number: attempt.number,
            started_at: Text(attempt.started_at),
            ended_at: Text(attempt.ended_at),
            outcome: Text(attempt.outcome),
            status: attempt.status,
            error: masking.optional(attempt.error),
            answer: masking.optional(attempt.answer),
        }
    }
}

impl Example for EffectBody {
    fn example() -> Self {
        Self {
            id: Text(sample::effect_id()),
            kind: "email::send".to_owned(),
            state: Text(EffectState::Done),
            target: "tom@tomsons.example".to_owned(),
            key: "4b2f6d1e9c0a7f35d8e2b1c4a6f70913b5d2e8c1".to_owned(),
            run_id: Some(Text(sample::run_id())),
            endpoint_id: None,
            event_id: Text(sample::event_id()),
            attempts: vec![AttemptBody {
                number: 1,
                started_at: Text(sample::instant(1)),
                ended_at: Text(sample::instant(2)),
                outcome: Text(AttemptOutcome::Done),
                status: Some(250),
                error: None,
                answer: Some("2.0.0 queued".to_owned()),
            }],
            created_at: Text(sample::instant(1)),
            settled_at: Some(Text(sample::instant(2))),
        }
    }
}

impl Example for EffectPage {
    fn example() -> Self {
        Self {
            items: vec![EffectBody::example()],
            next_cursor: None,
        }
    }
}
