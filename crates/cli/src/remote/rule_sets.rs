//! Rule sets over the API: deploying a folder, the sets before it, and what differs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::anyhow;
use cuebook_rules::RuleFiles;
use serde_json::{Map, Value as Json, json};

use super::{Remote, Table};
use crate::config::Config;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Colour;
use crate::{diagnostics, engine, output};

/// Checks the folder here, where its lines can be shown, and puts it in force on all nodes.
pub(crate) async fn deploy(
    remote: &Remote,
    dir: &Path,
    context: &Context,
) -> Result<Exit, Failure> {
    let config = context.config()?;
    let files = RuleFiles::read(dir).map_err(Failure::usage)?;
    if !check(&config, &files, context)? {
        return Ok(Exit::Findings);
    }
    let mut texts = Map::new();
    for (path, bytes) in files.0 {
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::usage(anyhow!("{path} is not UTF-8: save it as such")))?;
        texts.insert(path, Json::String(text));
    }
    let answer = remote.put("rule-sets", &json!({ "files": texts })).await?;
    remote.print(&answer, in_force);
    Ok(Exit::Good)
}

/// Whether the rules have no errors; what is found is shown.
fn check(config: &Config, files: &RuleFiles, context: &Context) -> Result<bool, Failure> {
    let engine = engine::for_checks(config).map_err(Failure::unreachable)?;
    let checked = engine.check_apart(files).map_err(Failure::unreachable)?;
    let sources: BTreeMap<String, Vec<u8>> = files.0.clone();
    let colour = Colour::of_stderr(context.environment());
    let found = diagnostics::render_all(&checked.diagnostics, &sources, colour);
    if !found.is_empty() {
        output::note(found.trim_end());
    }
    Ok(checked.set.is_some())
}

/// Puts a former set in force again.
pub(crate) async fn activate(remote: &Remote, hash: &str) -> Result<(), Failure> {
    let path = format!("rule-sets/{hash}/activate");
    let answer = remote.post(&path, &json!({})).await?;
    remote.print(&answer, in_force);
    Ok(())
}

/// Lists the sets.
pub(crate) async fn list(remote: &Remote) -> Result<(), Failure> {
    let list = remote.get("rule-sets", &[]).await?;
    remote.print(&list, |list| {
        let mut table = Table::new(&["SET", "IN FORCE", "SAVED", "RULES"]);
        for set in list["items"].as_array().into_iter().flatten() {
            table.row([
                text(&set["hash"]),
                in_force_word(set),
                text(&set["saved_at"]),
                set["rules"].to_string(),
            ]);
        }
        table.text("no rule sets")
    });
    Ok(())
}

/// Shows what would change if a set took the place of the one in force.
pub(crate) async fn diff(remote: &Remote, hash: &str) -> Result<(), Failure> {
    let set = remote.get(&format!("rule-sets/{hash}"), &[]).await?;
    remote.print(&set, |set| changes(set, true));
    Ok(())
}

/// Lists the versions of a rule.
pub(crate) async fn versions(remote: &Remote, rule: &str) -> Result<(), Failure> {
    let list = remote.get(&format!("rules/{rule}/versions"), &[]).await?;
    remote.print(&list, |list| {
        let mut table = Table::new(&["VERSION", "IN FORCE", "SAVED"]);
        for version in list["items"].as_array().into_iter().flatten() {
            table.row([
                text(&version["version"]),
                in_force_word(version),
                text(&version["saved_at"]),
            ]);
        }
        table.text("no versions")
    });
    Ok(())
}

fn in_force(set: &Json) -> String {
    let rules = set["rules"].as_array().map_or(0, Vec::len);
    let mut shown = changes(set, false);
    let _ = writeln!(
        shown,
        "{rules} rules are in force, set {}",
        text(&set["hash"])
    );
    shown
}

fn changes(set: &Json, lines: bool) -> String {
    let mut shown = String::new();
    for file in set["changes"].as_array().into_iter().flatten() {
        let _ = writeln!(
            shown,
            "{:<8} {}",
            text(&file["change"]),
            text(&file["path"])
        );
        if lines {
            shown.push_str(&text(&file["diff"]));
        }
    }
    if shown.is_empty() {
        shown.push_str("nothing differs\n");
    }
    shown
}

fn in_force_word(row: &Json) -> String {
    let word = if row["active"] == true { "yes" } else { "" };
    word.to_owned()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
