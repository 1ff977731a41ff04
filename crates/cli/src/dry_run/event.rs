//! The events of a dry run: what it runs on, and what comes later.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use cuebook_core::chance::CountedChance;
use cuebook_core::event::{Event, Origin};
use cuebook_core::events::ALL;
use cuebook_core::rule::RuleName;
use cuebook_core::{Chance, EventId, Timestamp};
use serde_json::{Value as Json, json};

use crate::trigger::{Assignment, payload, sample};

/// An event as it was given: a type, or a file.
#[derive(Debug, Clone)]
pub(crate) struct Given(String);

/// An event that comes while the run waits.
pub(crate) type Later = Arc<Event>;

impl std::str::FromStr for Given {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// What was given for the event, else the type of the rule's folder.
pub(crate) fn chosen(given: Option<&Given>, rule: &RuleName) -> anyhow::Result<Given> {
    let folder = rule.folder();
    match given {
        Some(given) => Ok(given.clone()),
        None if ALL.iter().any(|known| known.name == folder) => Ok(Given(folder.to_owned())),
        None => Err(anyhow!(
            "name an event: --event TYPE for a sample, --event FILE, or --event-id ID for a stored one"
        )),
    }
}

/// The event of a type's sample or of a file, with `assignments` carried out. The same each time.
pub(crate) fn own(
    given: &Given,
    rule: &RuleName,
    assignments: &[Assignment],
    chance: &CountedChance,
    at: Timestamp,
) -> anyhow::Result<Event> {
    let path = Path::new(&given.0);
    let (event_type, sample) = if path.is_file() {
        from_file(path, rule.folder())?
    } else {
        (
            given.0.clone(),
            sample(&given.0, None, false)
                .map_err(|error| anyhow!("there is no file {}, and {error}", given.0))?,
        )
    };
    let payload = payload(&sample, assignments, 1)?;
    let body = json!({"type": event_type, "payload": payload}).to_string();
    let id = EventId(chance.uuid(at));
    let event = Event::made(id, Origin::Trigger, body.into_bytes(), at)
        .with_context(|| format!("{} is no event", given.0))?;
    Ok(Event {
        capture: true,
        ..event
    })
}

/// Type and payload of a file: a whole message, or a payload of the rule's own type.
fn from_file(path: &Path, folder: &str) -> anyhow::Result<(String, Json)> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let json: Json =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    match (json.get("type").and_then(Json::as_str), json.get("payload")) {
        (Some(event_type), Some(payload)) if payload.is_object() => {
            Ok((event_type.to_owned(), payload.clone()))
        }
        _ => Ok((folder.to_owned(), json)),
    }
}
