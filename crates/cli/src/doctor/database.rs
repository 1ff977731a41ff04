//! The database and whether the books close: asked from the server that has it, or looked at here where none runs.

use cuebook_store::{Finding, Store};
use serde_json::{Value as Json, json};

use super::part::{Part, Verdict};

const DATABASE: &str = "database";
const BOOKS: &str = "books";

/// Where the database can be looked at.
pub(crate) enum Database<'a> {
    /// A running server has it, and answered this.
    Served(&'a Json),
    /// Here.
    Opened(&'a Store),
}

/// Looks at the database. Gives its parts, and the numbers for tools.
pub(crate) async fn database(database: Database<'_>) -> (Vec<Part>, Json) {
    let books = match database {
        Database::Served(books) => books.clone(),
        Database::Opened(store) => match store.close_books().await {
            Ok(books) => json!({
                "events": books.balance.events,
                "events_by_state": books.balance.events_by_state,
                "runs_by_state": books.balance.runs_by_state,
                "effects_by_state": books.balance.effects_by_state,
                "findings": books.findings.iter().map(finding).collect::<Vec<_>>(),
            }),
            Err(error) => return (vec![Part::failed(DATABASE, &error)], Json::Null),
        },
    };
    (parts(&books), books)
}

fn finding(finding: &Finding) -> Json {
    json!({
        "code": finding.code,
        "meaning": finding.meaning,
        "id": finding.id.map(|id| id.to_string()),
        "detail": finding.detail,
    })
}

/// What the books say: the file itself, and what is in it.
fn parts(books: &Json) -> Vec<Part> {
    let of_the_file = |finding: &&Json| finding["code"] == "database_damaged";
    let findings = books["findings"].as_array().cloned().unwrap_or_default();
    let (file, rest): (Vec<&Json>, Vec<&Json>) = findings.iter().partition(of_the_file);
    let database = if file.is_empty() {
        Part::good(DATABASE, "in order")
    } else {
        Part::new(DATABASE, Verdict::Finding, lines(&file))
    };
    let balance = format!(
        "{} events: {}",
        books["events"].as_u64().unwrap_or(0),
        counts(&books["events_by_state"])
    );
    let mut says = vec![
        balance,
        format!("runs: {}", counts(&books["runs_by_state"])),
        format!("effects: {}", counts(&books["effects_by_state"])),
    ];
    says.extend(to_look_at(books));
    says.extend(to_be_believed(books));
    let verdict = if rest.is_empty() {
        says.push("they close: each event, run and effect is accounted for".to_owned());
        Verdict::Good
    } else {
        says.extend(lines(&rest));
        Verdict::Finding
    };
    vec![database, Part::new(BOOKS, verdict, says)]
}

/// What is accounted for, and yet waits for a person.
fn to_look_at(books: &Json) -> Option<String> {
    let number = |of: &str, state: &str| books[of][state].as_u64().unwrap_or(0);
    let runs = number("runs_by_state", "failed") + number("runs_by_state", "blocked");
    let effects = number("effects_by_state", "failed")
        + number("effects_by_state", "unknown")
        + number("effects_by_state", "held");
    (runs + effects > 0).then(|| {
        format!("for a person to look at: {runs} runs failed or blocked, {effects} effects failed, unknown or held")
    })
}

/// The events that wait for an answer or for a person.
fn to_be_believed(books: &Json) -> impl Iterator<Item = String> {
    let number = |state: &str| books["events_by_state"][state].as_u64().unwrap_or(0);
    let waiting = |number: u64| {
        if number == 1 {
            "event waits"
        } else {
            "events wait"
        }
    };
    let (confirming, held) = (number("confirming"), number("held"));
    let confirming = (confirming > 0).then(|| {
        format!(
            "{confirming} {} for Ticketpark's answer: is somebody logged in, and does it answer?",
            waiting(confirming)
        )
    });
    let held = (held > 0).then(|| {
        format!(
            "{held} {} for a person: `cuebook events list --state held`, then approve or discard",
            waiting(held)
        )
    });
    confirming.into_iter().chain(held)
}

fn counts(counts: &Json) -> String {
    let counts: Vec<String> = counts
        .as_object()
        .into_iter()
        .flatten()
        .map(|(state, number)| format!("{number} {state}"))
        .collect();
    if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    }
}

fn lines(findings: &[&Json]) -> Vec<String> {
    let line = |finding: &&Json| {
        let text = |member: &str| finding[member].as_str().unwrap_or_default().to_owned();
        let (code, meaning, detail) = (text("code"), text("meaning"), text("detail"));
        match finding["id"].as_str() {
            Some(id) => format!("{code}: {id} ({detail}): {meaning}"),
            None => format!("{code}: {detail}: {meaning}"),
        }
    };
    findings.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_that_close_are_good_and_say_what_waits_for_a_person() {
        let books = json!({
            "events": 2,
            "events_by_state": {"processed": 2, "confirming": 1, "held": 5},
            "runs_by_state": {"failed": 1, "completed": 1},
            "effects_by_state": {"unknown": 1},
            "findings": [],
        });
        let parts = parts(&books);
        assert!(parts.iter().all(|part| part.verdict == Verdict::Good));
        let says = parts[1].says.join("\n");
        assert!(says.contains("2 processed"), "{says}");
        assert!(
            says.contains("1 event waits for Ticketpark's answer"),
            "{says}"
        );
        assert!(says.contains("5 events wait for a person"), "{says}");
        assert!(
            says.contains("1 runs failed or blocked, 1 effects"),
            "{says}"
        );
    }

    #[test]
    fn a_finding_stands_with_the_part_that_it_is_about() {
        let finding = |code: &str| json!({"code": code, "meaning": "m", "id": null, "detail": "d"});
        let books =
            json!({"findings": [finding("database_damaged"), finding("run_without_event")]});
        let parts = parts(&books);
        assert_eq!(parts[0].verdict, Verdict::Finding);
        assert_eq!(parts[0].says, ["database_damaged: d: m"]);
        assert!(
            parts[1]
                .says
                .contains(&"run_without_event: d: m".to_owned())
        );
    }
}
