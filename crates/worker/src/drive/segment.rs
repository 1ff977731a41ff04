//! From what a script has sent to what the end of its segment writes: sends for the outbox, and emitted events.

use cuebook_core::effect::EffectState;
use cuebook_core::emitted::{CannotEmit, check_count};
use cuebook_core::event::{Event, Origin};
use cuebook_core::journal::SendRequest;
use cuebook_core::remembering::Whose;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::{EventId, Timestamp};
use cuebook_store::{AcceptEvent, RuleStart, Segment};

use crate::parts::WorkerParts;

/// Why a segment cannot end with what its script sent.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum CannotEnd {
    /// What it emitted is no event of Cuebook's.
    #[error(transparent)]
    Emit(#[from] CannotEmit),
    /// What is to be remembered was not written by this version.
    #[error("state: {0}")]
    Unreadable(#[from] cuebook_core::state::NotAWrite),
}

/// What the end of a segment writes.
pub(super) fn build(
    parts: &WorkerParts,
    whose: Whose<'_>,
    sends: Vec<SendRequest>,
    now: Timestamp,
) -> Result<Segment, CannotEnd> {
    let event = whose.event;
    let state = whose.changes(&sends)?;
    let messages: Vec<&PreparedSend> = sends
        .iter()
        .flat_map(|send| &send.parts)
        .filter(|part| part.route == Route::Event)
        .collect();
    check_count(messages.len())?;
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
) -> Result<AcceptEvent, CannotEmit> {
    let event = parent.emitting(body, EventId(parts.chance.uuid(now)), now)?;
    let active = parts.rules.load();
    let rules = event.event_type.as_ref().map_or_else(Vec::new, |name| {
        active
            .for_event(name, Origin::Emit)
            .into_iter()
            .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
            .collect()
    });
    Ok(AcceptEvent {
        event,
        rejected: None,
        rules,
    })
}
