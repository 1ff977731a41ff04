//! Runs with all that belongs to them: journal, log lines, waits, and what they wanted done outside.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::looking::Matcher;
use super::effects::{Texts, add_bodies_and_attempts};
use super::{Batch, Text, look};
use crate::entities::{effects, logs, runs, steps, waits};
use crate::error::StoreError;
use crate::store::Store;

/// How many are looked at together: a journal has 5 MiB at most, and most have a few KiB.
const RUNS: u64 = 24;

/// The id of a run, its subject and its reason.
type RunRow = (Uuid, Option<String>, Option<String>);
/// The run of a step, its function, arguments and answer.
type StepRow = (Uuid, String, Vec<u8>, Option<Vec<u8>>);

/// Looks at the next runs after one, of those that were made by `cutoff`.
pub(in crate::privacy) async fn look_at_runs(
    store: &Store,
    matcher: &Matcher,
    after: Option<Uuid>,
    cutoff: i64,
) -> Result<Batch, StoreError> {
    use runs::Column;
    let mut select = runs::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Subject, Column::Reason])
        .filter(Column::CreatedAt.lte(cutoff))
        .order_by_asc(Column::Id)
        .limit(RUNS);
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    let rows: Vec<RunRow> = select.into_tuple().all(store.readers()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    if ids.is_empty() {
        return Ok(Batch::default());
    }
    let mut texts = Texts::new();
    for (id, subject, reason) in rows {
        let of_run = texts.entry(id).or_default();
        of_run.extend(subject.filter(|pid| pid.len() >= 8).map(Text::Pid));
        of_run.extend(reason.map(|text| Text::Plain(text.into_bytes())));
    }
    add_steps(store, &ids, &mut texts).await?;
    add_lines(store, &ids, &mut texts).await?;
    add_waits(store, &ids, &mut texts).await?;
    add_effects(store, &ids, &mut texts).await?;
    let seen = look(matcher, texts.into_iter().collect()).await?;
    Ok(Batch::of(&ids, seen))
}

async fn add_steps(store: &Store, ids: &[Uuid], texts: &mut Texts) -> Result<(), StoreError> {
    use steps::Column;
    let rows: Vec<StepRow> = steps::Entity::find()
        .select_only()
        .columns([
            Column::RunId,
            Column::Function,
            Column::Arguments,
            Column::Answer,
        ])
        .filter(Column::RunId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(store.readers())
        .await?;
    for (run, function, arguments, answer) in rows {
        let about = about(&function, &arguments);
        let of_run = texts.entry(run).or_default();
        of_run.extend(answer.map(|answer| Text::Json(answer, about.clone())));
        of_run.push(Text::Json(arguments, about));
    }
    Ok(())
}

/// What a step's answer is: that of `ticketpark::booking` is a booking, that of `ticketpark::get("/persons/…")` a person.
pub(in crate::privacy) fn about(function: &str, arguments: &[u8]) -> String {
    let Some(name) = function.strip_prefix("ticketpark::") else {
        return String::new();
    };
    if !matches!(name, "get" | "list" | "post" | "patch") {
        return name.to_owned();
    }
    let arguments: Vec<serde_json::Value> = serde_json::from_slice(arguments).unwrap_or_default();
    let path = arguments.first().and_then(serde_json::Value::as_str);
    let mut parts = path.unwrap_or_default().split(['/', '?']);
    parts
        .find(|part| !part.is_empty())
        .unwrap_or_default()
        .to_owned()
}

async fn add_lines(store: &Store, ids: &[Uuid], texts: &mut Texts) -> Result<(), StoreError> {
    use logs::Column;
    let rows: Vec<(Uuid, String, Vec<u8>)> = logs::Entity::find()
        .select_only()
        .columns([Column::RunId, Column::Message, Column::Fields])
        .filter(Column::RunId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(store.readers())
        .await?;
    for (run, message, fields) in rows {
        let of_run = texts.entry(run).or_default();
        of_run.push(Text::Plain(message.into_bytes()));
        of_run.push(Text::Json(fields, String::new()));
    }
    Ok(())
}

async fn add_waits(store: &Store, ids: &[Uuid], texts: &mut Texts) -> Result<(), StoreError> {
    use waits::Column;
    let rows: Vec<(Uuid, Vec<u8>)> = waits::Entity::find()
        .select_only()
        .columns([Column::RunId, Column::Fields])
        .filter(Column::RunId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(store.readers())
        .await?;
    for (run, fields) in rows {
        let fields = Text::Json(fields, String::new());
        texts.entry(run).or_default().push(fields);
    }
    Ok(())
}

async fn add_effects(store: &Store, ids: &[Uuid], texts: &mut Texts) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, Option<Uuid>, String)> = effects::Entity::find()
        .select_only()
        .columns([
            effects::Column::Id,
            effects::Column::RunId,
            effects::Column::Target,
        ])
        .filter(effects::Column::RunId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(store.readers())
        .await?;
    let mut run_of = HashMap::new();
    for (effect, run, target) in rows {
        let Some(run) = run else {
            continue;
        };
        run_of.insert(effect, run);
        let target = Text::Plain(target.into_bytes());
        texts.entry(run).or_default().push(target);
    }
    add_bodies_and_attempts(store, &run_of, texts).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_says_what_its_answer_is() {
        assert_eq!(about("ticketpark::booking", b"[\"29\"]"), "booking");
        assert_eq!(about("ticketpark::get", b"[\"/persons/7\"]"), "persons");
        assert_eq!(about("ticketpark::list", b"[\"bookings?x=1\"]"), "bookings");
        assert_eq!(about("http::get", b"[\"https://x/bookings/7\"]"), "");
    }
}
