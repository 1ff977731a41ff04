//! Whose data an export or an erasure is about, how it is waited for, and how it is told.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Remote, Table, path_part};
use crate::exit::Failure;

/// How often it is looked how far it is.
const LOOK: Duration = Duration::from_millis(200);
/// How many of what others have received are shown.
const SHOWN: usize = 20;

/// Whose data it is about. Several names are searched for together.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Whom {
    /// The pid of a person.
    #[arg(long, value_name = "PID")]
    person: Option<String>,
    /// A mail address, in whatever case.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The pid of a booking.
    #[arg(long, value_name = "PID")]
    booking: Option<String>,
}

impl Whom {
    /// What is asked of the API.
    pub(crate) fn body(&self, reason: Option<&String>) -> Json {
        let mut body = json!({});
        for (name, value) in [
            ("person", self.person.as_ref()),
            ("email", self.email.as_ref()),
            ("booking", self.booking.as_ref()),
            ("reason", reason),
        ] {
            if let Some(value) = value {
                body[name] = Json::from(value.as_str());
            }
        }
        body
    }
}

/// Waits until a request at `path` is over; gives it as it is then.
pub(crate) async fn until_over(
    remote: &Remote,
    path: &str,
    mut request: Json,
) -> Result<Json, Failure> {
    let id = request["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("{path}/{}", path_part(&id));
    while matches!(request["state"].as_str(), Some("pending" | "running")) {
        tokio::time::sleep(LOOK).await;
        request = remote.get(&path, &[]).await?;
    }
    Ok(request)
}

/// A request in words.
pub(crate) fn shown_request(request: &Json) -> String {
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let mut told = format!("{} {}", text("id"), text("state"));
    for (name, what) in [("phase", "phase"), ("error", "because")] {
        if request[name].is_string() {
            let _ = write!(told, ", {what}: {}", text(name));
        }
    }
    told.push('\n');
    let found = request["found"].as_object();
    let found: Vec<String> = found
        .into_iter()
        .flatten()
        .filter(|(_, count)| count.as_u64() != Some(0))
        .map(|(what, count)| format!("{count} {}", what.replace('_', " ")))
        .collect();
    let found = if found.is_empty() {
        "nothing".to_owned()
    } else {
        found.join(", ")
    };
    let _ = writeln!(told, "found: {found}");
    if request["bookings_followed"].as_u64() > Some(0) {
        let followed = &request["bookings_followed"];
        let _ = writeln!(told, "bookings that are the person's: {followed}");
    }
    let received = request["received"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if !received.is_empty() {
        let _ = writeln!(
            told,
            "\nothers had received of it, and may have to be told:"
        );
        let mut table = Table::new(&["HOST", "BY", "STATE", "AT"]);
        for one in received.iter().take(SHOWN) {
            let cell = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            table.row([cell("host"), cell("kind"), cell("state"), cell("at")]);
        }
        told.push_str(&table.text(""));
        if received.len() > SHOWN {
            let _ = writeln!(
                told,
                "and {} more: --json shows them",
                received.len() - SHOWN
            );
        }
    }
    if request["cleaned"].is_string() {
        let _ = writeln!(told, "\n{}", text("cleaned"));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_and_who_has_to_be_told_is_told() {
        let told = shown_request(&json!({
            "id": "i", "state": "completed", "phase": null, "error": null,
            "found": {"events": 2, "log_lines": 1, "state": 0},
            "bookings_followed": 1,
            "received": [{"host": "crm.example.com", "kind": "http::post", "state": "done", "at": "t"}],
            "cleaned": "the file was written anew",
        }));
        assert!(
            told.starts_with("i completed\nfound: 2 events, 1 log lines\n"),
            "{told}"
        );
        assert!(
            told.contains("crm.example.com  http::post  done   t\n"),
            "{told}"
        );
        assert!(told.ends_with("\nthe file was written anew\n"), "{told}");
        let nothing = shown_request(&json!({"id": "i", "state": "pending"}));
        assert_eq!(nothing, "i pending\nfound: nothing\n");
    }
}
