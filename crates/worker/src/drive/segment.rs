//! From what a script has sent to what the end of its segment writes: sends for the outbox, and emitted events.

use cuebook_core::effect::EffectState;
use cuebook_core::event::{Event, Origin};
use cuebook_core::journal::SendRequest;
use cuebook_core::limits;
use cuebook_core::message::Message;
use cuebook_core::run::Run;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::{EventId, Timestamp};
use cuebook_store::{AcceptEvent, RuleStart, Segment};

use super::remember;
use crate::parts::WorkerParts;

/// The events of one segment at most: what one event may lead to in all, which the store counts.
const EVENTS: usize = limits::DESCENDANTS;

/// Why a segment cannot end with what its script emitted.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum CannotEnd {
    /// Rules that emit events for each other go on for ever.
    #[error(
        "emit: this event would be the {depth}th in a row that a rule emitted because of another, and {} are allowed; rules that emit events for each other would never end",
        limits::EMIT_DEPTH
    )]
    TooDeep { depth: u32 },
    /// Too many at once.
    #[error("emit: {count} events at once, and {EVENTS} are allowed")]
    TooMany { count: usize },
    /// What was emitted is no message.
    #[error("emit: {0}")]
    NotAMessage(#[from] cuebook_core::message::NotAMessage),
    /// What is to be remembered was not written by this version.
    #[error("state: {0}")]
    Unreadable(#[from] cuebook_core::state::NotAWrite),
}

/// What the end of a segment writes.
pub(super) fn build(
    parts: &WorkerParts,
    run: &Run,
    event: &Event,
    sends: Vec<SendRequest>,
    now: Timestamp,
) -> Result<Segment, CannotEnd> {
    let state = remember::changes(run, event, &sends)?;
    let messages: Vec<&PreparedSend> = sends
        .iter()
        .flat_map(|send| &send.parts)
        .filter(|part| part.route == Route::Event)
        .collect();
    if messages.len() > EVENTS {
        return Err(CannotEnd::TooMany {
            count: messages.len(),
        });
    }
    let emitted = messages
        .into_iter()
        .map(|message| emit(parts, event, &message.body, now))
        .collect::<Result<_, _>>()?;
    let sends = sends
        .into_iter()
        .map(|send| {
            let captured = parts
                .effects
                .captures(&send.question.function, event.capture);
            let state = if captured {
                EffectState::Captured
            } else {
                EffectState::Pending
            };
            (send, state)
        })
        .collect();
    Ok(Segment {
        sends,
        emitted,
        state,
        budget: None,
    })
}

fn emit(
    parts: &WorkerParts,
    parent: &Event,
    body: &[u8],
    now: Timestamp,
) -> Result<AcceptEvent, CannotEnd> {
    let depth = parent.depth.saturating_add(1);
    if depth > limits::EMIT_DEPTH {
        return Err(CannotEnd::TooDeep { depth });
    }
    let message = Message::parse(body)?;
    let rules = parts
        .rules
        .load()
        .for_event(&message.event_type, Origin::Emit)
        .into_iter()
        .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
        .collect();
    let event = Event {
        id: EventId(parts.chance.uuid(now)),
        account: parent.account.clone(),
        event_type: Some(message.event_type),
        wire_type: Some(message.wire_type),
        subject: message.subject,
        origin: Origin::Emit,
        received_at: now,
        headers: Vec::new(),
        body: body.to_vec(),
        capture: parent.capture,
        parent: Some(parent.id),
        depth,
    };
    Ok(AcceptEvent {
        event,
        rejected: None,
        rules,
    })
}
