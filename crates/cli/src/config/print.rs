//! `serve --print-config`: the values in force and where each came from, secrets masked.

use std::fmt::Write;

use super::gather::Gathered;
use super::setting::{Availability, Fallback};
use super::table::SETTINGS;

/// One line a setting that this version knows, as TOML with the origin as a comment.
pub(crate) fn print(gathered: &Gathered) -> String {
    let mut rows = Vec::new();
    for setting in SETTINGS {
        if setting.availability == Availability::Later {
            continue;
        }
        if setting.key.ends_with("<type>") {
            for (member, given) in gathered.family(setting.key) {
                let key = setting.key.replace("<type>", member);
                let row = format!("{key} = {}", quoted(&given.text));
                rows.push((row, given.origin.clone()));
            }
            continue;
        }
        let row = match (gathered.value(setting.key), setting.fallback) {
            (Some(given), _) => (
                format!("{} = {}", setting.key, quoted(&setting.masked(&given.text))),
                given.origin,
            ),
            (None, Fallback::Derived(how)) => (format!("# {} =", setting.key), how.to_owned()),
            (None, _) => (format!("# {} =", setting.key), "not set".to_owned()),
        };
        rows.push(row);
    }
    let width = rows.iter().map(|(left, _)| left.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for (left, origin) in rows {
        let _ = writeln!(text, "{left:width$}  # {origin}");
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
