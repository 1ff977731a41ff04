//! Endpoints and deliveries, as people read them.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::remote::Table;

/// A secret that is shown this once, and what else is to be known.
pub(super) fn shown_once(made: &Json, what: &str) -> String {
    let secret = made["secret"].as_str().unwrap_or_default();
    format!("{secret}\nThis secret is shown this once; {what}.\n")
}

/// An endpoint.
pub(super) fn shown(endpoint: &Json) -> String {
    let mut text = String::new();
    for member in [
        "id",
        "url",
        "description",
        "types",
        "origins",
        "state",
        "reason",
        "rate",
        "created_at",
        "failing_since",
        "paused_at",
        "former_secret_until",
    ] {
        let value = match &endpoint[member] {
            Json::Null => "-".to_owned(),
            Json::String(text) => text.clone(),
            Json::Array(items) if items.is_empty() => "all".to_owned(),
            Json::Array(items) => {
                let words: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
                words.join(", ")
            }
            other => other.to_string(),
        };
        let _ = writeln!(text, "{member:<21}{value}");
    }
    text
}

/// Endpoints.
pub(super) fn table(list: &Json) -> Table {
    let columns = [
        ("ENDPOINT", "id"),
        ("URL", "url"),
        ("STATE", "state"),
        ("FAILING SINCE", "failing_since"),
        ("DESCRIPTION", "description"),
    ];
    Table::of(list, &columns)
}

/// A delivery.
pub(super) fn one_delivery(delivery: &Json) -> String {
    deliveries(&json!({"items": [delivery]})).text("no delivery")
}

/// Deliveries, each with its last attempt.
pub(super) fn deliveries(list: &Json) -> Table {
    let mut table = Table::new(&[
        "DELIVERY",
        "MADE",
        "STATE",
        "ATTEMPTS",
        "STATUS",
        "WHAT HAPPENED",
    ]);
    for delivery in list["items"].as_array().into_iter().flatten() {
        let text = |member: &str| delivery[member].as_str().unwrap_or_default().to_owned();
        let attempts = delivery["attempts"].as_array();
        let last = attempts.and_then(|attempts| attempts.last());
        let of_last = |member: &str| match last.map(|last| &last[member]) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        table.row([
            text("id"),
            text("created_at"),
            text("state"),
            attempts.map_or(0, Vec::len).to_string(),
            of_last("status"),
            of_last("error"),
        ]);
    }
    table
}
