//! What the commands about replays have in common: how one is shown, and which events a file names.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{anyhow, bail};
use cuebook_core::EventId;
use serde_json::Value as Json;

/// The members and columns that name an event, the more telling first.
const NAMES: [&str; 2] = ["event_id", "id"];

/// A replay for people.
pub(crate) fn shown_replay(replay: &Json) -> String {
    let member = |name: &str| replay[name].as_str().unwrap_or_default().to_owned();
    let mut text = format!(
        "replay {} is {}: {} of {} events replayed",
        member("id"),
        member("state"),
        replay["replayed"],
        replay["total"]
    );
    if replay["skipped"] != 0 {
        let _ = write!(text, ", nothing to do for {}", replay["skipped"]);
    }
    if let Some(reason) = replay["reason"].as_str() {
        let _ = write!(text, " ({reason})");
    }
    let states = replay["runs"].as_object().into_iter().flatten();
    let states: Vec<String> = states
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    if !states.is_empty() {
        let _ = write!(text, "; its runs: {}", states.join(", "));
    }
    text.push('\n');
    text
}

/// The events that `text` names: JSON of a list or of items of one, CSV with a heading, or an id a line.
pub(crate) fn events_named(text: &str) -> anyhow::Result<Vec<String>> {
    let text = text.trim();
    let named = if text.starts_with(['{', '[']) {
        of_json(text)?
    } else {
        of_lines(text)?
    };
    // Several effects may be of one event, which is replayed once.
    let ids: BTreeSet<EventId> = named.into_iter().collect();
    if ids.is_empty() {
        bail!("the file names no event");
    }
    Ok(ids.iter().map(EventId::to_string).collect())
}

fn of_json(text: &str) -> anyhow::Result<Vec<EventId>> {
    let json: Json =
        serde_json::from_str(text).map_err(|error| anyhow!("the file is no JSON: {error}"))?;
    let items = match &json {
        Json::Array(items) => items.clone(),
        Json::Object(list) => match list.get("items") {
            Some(Json::Array(items)) => items.clone(),
            _ => vec![json.clone()],
        },
        _ => Vec::new(),
    };
    if json["next_cursor"].is_string() {
        bail!("the file holds one page of several: make it with --csv, which holds all of them");
    }
    items
        .iter()
        .map(|item| {
            let text = match item {
                Json::String(text) => Some(text.as_str()),
                item => NAMES.iter().find_map(|name| item[*name].as_str()),
            };
            text.and_then(|text| text.parse().ok())
                .ok_or_else(|| anyhow!("an item of the file has no `event_id` and no `id`"))
        })
        .collect()
}

fn of_lines(text: &str) -> anyhow::Result<Vec<EventId>> {
    let mut lines = text.lines().enumerate().peekable();
    let mut column = 0;
    if let Some((_, first)) = lines.peek() {
        let headings: Vec<&str> = cells(first).collect();
        if let Some(place) = NAMES
            .iter()
            .find_map(|name| headings.iter().position(|heading| heading == name))
        {
            column = place;
            lines.next();
        }
    }
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            // The columns before are ids and words, in which no comma stands.
            let cell = cells(line).nth(column).unwrap_or_default();
            cell.parse()
                .map_err(|_| anyhow!("line {} of the file names no event by its id", number + 1))
        })
        .collect()
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11";
    const TWO: &str = "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12";

    #[test]
    fn whatever_a_list_was_printed_as_its_events_are_found_once_each() {
        for text in [
            format!("{ONE}\n{TWO}\n{ONE}\n"),
            format!("id,event_id,target\nx,{ONE},\"a, b\"\ny,{TWO},c\n"),
            format!("id,type\n{ONE},new-booking\n{TWO},\n"),
            format!(r#"{{"items":[{{"id":"x","event_id":"{ONE}"}},{{"id":"{TWO}"}}]}}"#),
            format!(r#"["{ONE}","{TWO}"]"#),
        ] {
            assert_eq!(events_named(&text).unwrap(), [ONE, TWO], "{text}");
        }
    }

    #[test]
    fn what_names_no_event_is_told_with_its_place() {
        let told = |text: &str| events_named(text).unwrap_err().to_string();
        assert!(told(&format!("{ONE}\nx\n")).contains("line 2"));
        assert!(told("").contains("no event"));
        assert!(told("{").contains("no JSON"));
        let page = format!(r#"{{"items":[{{"id":"{ONE}"}}],"next_cursor":"{TWO}"}}"#);
        assert!(told(&page).contains("--csv"));
    }
}
