//! What became of events: the runs with what they asked and were answered, and what they did outside.

use std::collections::{BTreeMap, HashMap};

use cuebook_core::clock::from_micros;
use cuebook_core::effect::EffectState;
use cuebook_core::journal::{Entry, Question, StepKind, StepPath};
use cuebook_core::keys::effect_key;
use cuebook_core::limits;
use cuebook_core::rule::RuleName;
use cuebook_core::run::Run;
use cuebook_core::{EventId, RunId, Timestamp, Value};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QueryResult, QuerySelect,
};
use uuid::Uuid;

use super::open::Archive;
use crate::entities::{effect_bodies, effects, runs, steps};
use crate::error::StoreError;
use crate::queries::EffectBody;
use crate::reading::{answer_of, count, run_of, step_path, word};
use crate::store::Store;

/// A run with what it asked and did, in its current generation.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// The run.
    pub run: Run,
    /// Its steps by path; of sends, those whose content stands nowhere else.
    pub steps: BTreeMap<StepPath, PastStep>,
    /// What it did outside, oldest first.
    pub effects: Vec<PastEffect>,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct PastStep {
    /// What the journal knows of it.
    pub entry: Entry,
    /// What was asked; empty for sends.
    pub arguments: Vec<Value>,
    /// The line of the script.
    pub line: Option<u32>,
    /// When it was answered.
    pub ended_at: Option<Timestamp>,
}

/// A row of the ledger, with what was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct PastEffect {
    /// The function's name.
    pub kind: String,
    /// How it stands.
    pub state: EffectState,
    /// The receiver, as the ledger shows it.
    pub target: String,
    /// Its idempotency key.
    pub key: String,
    /// The step that wanted it.
    pub path: StepPath,
    /// What a send carries; `None` for calls and emitted events.
    pub body: Option<EffectBody>,
}

/// The sends whose content stands in the ledger.
const SENT_WHOLE: [&str; 2] = ["email::send", "webhook::send"];

#[derive(FromQueryResult)]
struct StepRow {
    run_id: Uuid,
    generation: i32,
    path: String,
    function: String,
    digest: String,
    kind: String,
    wake_at: Option<i64>,
    line: Option<i32>,
    ended_at: Option<i64>,
    threw: Option<bool>,
    arguments: Vec<u8>,
    answer: Option<Vec<u8>>,
}

struct EffectRow {
    id: Uuid,
    kind: String,
    state: String,
    target: String,
    key: String,
    run_id: Uuid,
    path: String,
    envelope: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

impl FromQueryResult for EffectRow {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
            state: row.try_get_by_index(2)?,
            target: row.try_get_by_index(3)?,
            key: row.try_get_by_index(4)?,
            run_id: row.try_get_by_index(5)?,
            path: row.try_get_by_index(6)?,
            envelope: row.try_get_by_index(7)?,
            body: row.try_get_by_index(8)?,
        })
    }
}

impl Archive {
    /// The runs of these events, of the given rules or of all.
    pub async fn runs(
        &self,
        events: &[EventId],
        rules: Option<&[RuleName]>,
    ) -> Result<HashMap<EventId, Vec<PastRun>>, StoreError> {
        past_runs(&self.readers, events, rules).await
    }
}

impl Store {
    /// The run of this event through this rule with what it asked and did.
    pub async fn past_run(
        &self,
        event: EventId,
        rule: &RuleName,
    ) -> Result<Option<PastRun>, StoreError> {
        let rules = [rule.clone()];
        let mut found = past_runs(self.readers(), &[event], Some(&rules)).await?;
        Ok(found.remove(&event).and_then(|mut runs| runs.pop()))
    }
}

async fn past_runs(
    db: &impl ConnectionTrait,
    events: &[EventId],
    rules: Option<&[RuleName]>,
) -> Result<HashMap<EventId, Vec<PastRun>>, StoreError> {
    let mut select = runs::Entity::find()
        .filter(runs::Column::EventId.is_in(events.iter().map(|event| event.0)));
    if let Some(rules) = rules {
        select = select.filter(runs::Column::Rule.is_in(rules.iter().map(RuleName::as_str)));
    }
    let rows = select.order_by_asc(runs::Column::Id).all(db).await?;
    let mut past = HashMap::with_capacity(rows.len());
    let mut order = Vec::with_capacity(rows.len());
    for row in rows {
        let run = run_of(row)?;
        order.push(run.id);
        past.insert(run.id.0, PastRun::bare(run));
    }
    add_doings(db, &mut past).await?;
    let mut found: HashMap<EventId, Vec<PastRun>> = HashMap::with_capacity(order.len());
    for RunId(id) in order {
        if let Some(run) = past.remove(&id) {
            found.entry(run.run.event_id).or_default().push(run);
        }
    }
    Ok(found)
}

impl PastRun {
    /// A run whose steps and effects are still to be read.
    pub(super) fn bare(run: Run) -> Self {
        Self {
            run,
            steps: BTreeMap::new(),
            effects: Vec::new(),
        }
    }
}

/// Adds to each run what it asked and did.
pub(super) async fn add_doings(
    db: &impl ConnectionTrait,
    past: &mut HashMap<Uuid, PastRun>,
) -> Result<(), StoreError> {
    if past.is_empty() {
        return Ok(());
    }
    add_steps(db, past).await?;
    add_effects(db, past).await
}

async fn add_steps(
    db: &impl ConnectionTrait,
    past: &mut HashMap<Uuid, PastRun>,
) -> Result<(), StoreError> {
    let rows = steps::Entity::find()
        .select_only()
        .columns([
            steps::Column::RunId,
            steps::Column::Generation,
            steps::Column::Path,
            steps::Column::Function,
            steps::Column::Digest,
            steps::Column::Kind,
            steps::Column::WakeAt,
            steps::Column::Line,
            steps::Column::EndedAt,
            steps::Column::Threw,
            steps::Column::Arguments,
            steps::Column::Answer,
        ])
        .filter(steps::Column::RunId.is_in(past.keys().copied()))
        .filter(steps::Column::Function.is_not_in(SENT_WHOLE))
        .into_model::<StepRow>()
        .all(db)
        .await?;
    for row in rows {
        let Some(run) = past.get_mut(&row.run_id) else {
            continue;
        };
        if count(row.generation) == run.run.generation {
            run.steps.insert(step_path(&row.path)?, step_of(row)?);
        }
    }
    Ok(())
}

fn step_of(row: StepRow) -> Result<PastStep, StoreError> {
    Ok(PastStep {
        entry: Entry {
            question: Question {
                function: row.function,
                digest: row.digest,
            },
            kind: word("step's kind", &row.kind, StepKind::from_word)?,
            answer: answer_of(row.threw, row.answer.as_deref())?,
            wake_at: row.wake_at.map(from_micros),
        },
        arguments: serde_json::from_slice(&row.arguments)
            .map_err(|error| StoreError::unreadable("step's arguments", error.to_string()))?,
        line: row.line.map(count),
        ended_at: row.ended_at.map(from_micros),
    })
}

async fn add_effects(
    db: &impl ConnectionTrait,
    past: &mut HashMap<Uuid, PastRun>,
) -> Result<(), StoreError> {
    let with_body = effects::Entity::belongs_to(effect_bodies::Entity)
        .from(effects::Column::Id)
        .to(effect_bodies::Column::EffectId);
    let mut rows = effects::Entity::find()
        .select_only()
        .columns([
            effects::Column::Id,
            effects::Column::Kind,
            effects::Column::State,
            effects::Column::Target,
            effects::Column::Key,
            effects::Column::RunId,
            effects::Column::Path,
        ])
        .columns([effect_bodies::Column::Envelope, effect_bodies::Column::Body])
        .join(JoinType::LeftJoin, with_body.into())
        .filter(effects::Column::RunId.is_in(past.keys().copied()))
        .into_model::<EffectRow>()
        .all(db)
        .await?;
    rows.sort_unstable_by_key(|row| row.id);
    for row in rows {
        let Some(run) = past.get_mut(&row.run_id) else {
            continue;
        };
        let effect = effect_of(row)?;
        if is_current(&run.run, &effect) {
            // What was asked anew stands twice under one key: the last attempt counts.
            run.effects.retain(|other| other.key != effect.key);
            run.effects.push(effect);
        }
    }
    Ok(())
}

/// Whether an effect is of the run's current generation, which its key alone tells.
fn is_current(run: &Run, effect: &PastEffect) -> bool {
    let most = u32::try_from(limits::RECIPIENTS).unwrap_or(u32::MAX);
    run.generation == 0
        || (0..=most)
            .any(|part| effect_key(run.id, run.generation, &effect.path, part) == effect.key)
}

fn effect_of(row: EffectRow) -> Result<PastEffect, StoreError> {
    let body = row.envelope.zip(row.body).map(|(envelope, body)| {
        Ok::<_, StoreError>(EffectBody {
            kind: row.kind.clone(),
            envelope: serde_json::from_slice(&envelope)
                .map_err(|error| StoreError::unreadable("envelope", error.to_string()))?,
            body,
        })
    });
    Ok(PastEffect {
        body: body.transpose()?,
        state: word("effect's state", &row.state, EffectState::from_word)?,
        path: step_path(&row.path)?,
        kind: row.kind,
        target: row.target,
        key: row.key,
    })
}
