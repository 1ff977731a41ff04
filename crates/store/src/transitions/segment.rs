//! What a segment leaves behind when it ends: sends for the outbox, and the events that were emitted. Written in the
//! transaction that ends the segment, so that a run which fails half-way has sent nothing.

use cuebook_core::effect::EffectState;
use cuebook_core::journal::SendRequest;
use cuebook_core::rule::Budget;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::state::{StateChange, StateKey};

use super::accept_event::{AcceptEvent, insert_events};
use super::arrive::doubt_if_restored;
use super::begin_at_once::begin_sends;
use super::budget::Budgets;
use super::descendants::Families;
use super::steps::{Steps, json};
use crate::entities::{effect_bodies, effects, runs};
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::writer::{SubjectLocks, Transition, Tx};

/// What a segment leaves behind.
#[derive(Debug, Clone, Default)]
pub struct Segment {
    /// The sends, each with the state that it begins in: `Pending`, or `Captured` where nothing shall be performed.
    pub sends: Vec<(SendRequest, EffectState)>,
    /// The events that the sends with [`Route::Event`] mean.
    pub emitted: Vec<AcceptEvent>,
    /// What the sends with [`Route::State`] change.
    pub state: Vec<(StateKey, StateChange)>,
    /// How many mails the rule may send: what is over begins `held`. No end, where it says nothing.
    pub budget: Option<Budget>,
}

impl Segment {
    /// Its events are accepted with it.
    pub(super) fn lock(&self, locks: &mut SubjectLocks) {
        for event in &self.emitted {
            event.lock(locks);
        }
    }
}

/// Writes the segments of a batch; their steps are added to `steps`, since a replay must know them.
pub(super) async fn write<'a>(
    tx: &Tx<'_>,
    segments: impl IntoIterator<Item = (&'a runs::Model, &'a Segment)>,
    families: &Families,
    steps: &mut Steps,
) -> Result<(), StoreError> {
    let segments: Vec<_> = segments.into_iter().collect();
    let mut budgets = Budgets::load(tx, &segments).await?;
    let mut rows = Vec::new();
    let mut bodies = Vec::new();
    let mut asked = Vec::new();
    let mut emitted = Vec::new();
    for (run, segment) in segments {
        for (send, state) in &segment.sends {
            steps.add(run.id, run.generation, &send.step(tx.now))?;
            for part in send.parts.iter().filter(|part| part.route != Route::State) {
                let sent = (send.question.function.as_str(), part.route);
                let state = budgets.begins_as(run, segment.budget, sent, *state);
                let row = effect_row(tx, run, send, part, state);
                if part.route == Route::Outbox {
                    bodies.push(effect_bodies::Model {
                        effect_id: row.id,
                        envelope: json(&part.envelope)?,
                        body: part.body.clone(),
                    });
                }
                if part.route == Route::Outbox && state != EffectState::Captured {
                    asked.push((run, row.id));
                }
                rows.push(row);
            }
        }
        let root = families.root(run.event_id);
        emitted.extend(segment.emitted.iter().map(|event| (event, Some(root))));
    }
    let mut rest = bodies.iter().peekable();
    let sent = rows.iter_mut().filter_map(|row| {
        let body = rest.next_if(|body| body.effect_id == row.id)?;
        Some((row, body))
    });
    begin_sends(tx, sent).await?;
    if (rows.iter()).any(|row| row.due_at.is_some() && row.claimed_at.is_none()) {
        tx.ready.sends();
    }
    insert_all(tx, rows).await?;
    insert_all(tx, bodies).await?;
    doubt_if_restored(tx, asked).await?;
    insert_events(tx, emitted).await?;
    Ok(())
}

fn effect_row(
    tx: &Tx<'_>,
    run: &runs::Model,
    send: &SendRequest,
    part: &PreparedSend,
    begins_as: EffectState,
) -> effects::Model {
    // An emitted event is accepted in this very transaction: it is done.
    let state = match part.route {
        Route::Event | Route::State => EffectState::Done,
        Route::Outbox => begins_as,
    };
    let pending = state == EffectState::Pending;
    let now = tx.now_micros();
    effects::Model {
        id: tx.id(),
        account: run.account.clone(),
        kind: send.question.function.clone(),
        state: state.as_str().to_owned(),
        target: part.target.clone(),
        key: part.key.clone(),
        run_id: Some(run.id),
        event_id: run.event_id,
        rule: run.rule.clone(),
        path: send.path.to_string(),
        attempts: 0,
        created_at: now,
        due_at: pending.then_some(now),
        claimed_at: None,
        settled_at: (!pending && state != EffectState::Held).then_some(now),
        fence: 0,
        holder: None,
        endpoint_id: None,
    }
}
