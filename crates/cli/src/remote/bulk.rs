//! Decisions about many things at once, as the commands about runs and effects make them.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Map, Value as Json, json};

use super::{Narrow, Remote};
use crate::exit::{Exit, Failure};
use crate::output;

/// Which things, and how sure it is that something is to be done with them.
#[derive(Debug, Args)]
pub(crate) struct Bulk {
    #[command(flatten)]
    narrow: Narrow,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Do it. Without it they are only counted.
    #[arg(long)]
    yes: bool,
}

/// Has `operation` done with those of `things` (`runs` or `effects`) that are meant; `more` are further members of the request,
/// `filter` further members of its filter.
pub(crate) async fn operate(
    remote: &Remote,
    things: &str,
    operation: &str,
    bulk: &Bulk,
    filter: Map<String, Json>,
    more: Map<String, Json>,
) -> Result<Exit, Failure> {
    let path = format!("bulk/{things}");
    let mut members = bulk.narrow.members();
    members.extend(filter);
    let mut body = json!({ "operation": operation, "filter": members, "dry_run": !bulk.yes });
    if let Some(reason) = &bulk.reason {
        body["reason"] = Json::from(reason.as_str());
    }
    if let Some(body) = body.as_object_mut() {
        body.extend(more);
    }
    let mut outcome = remote.post(&path, &body).await?;
    if !bulk.yes {
        remote.print(&outcome, |outcome| {
            format!("{} {things} can be decided about\n", outcome["matched"])
        });
        output::note(format!("nothing was changed: --yes does {operation} them"));
        return Ok(Exit::Good);
    }
    let mut done = number(&outcome, "done");
    // What was refused stays: once nothing is done any more, nothing else is left.
    while outcome["more"] == true && number(&outcome, "done") > 0 {
        outcome = remote.post(&path, &body).await?;
        done += number(&outcome, "done");
    }
    outcome["done"] = Json::from(done);
    remote.print(&outcome, |outcome| told(outcome, things, operation));
    let refused = number(&outcome, "taken") > 0 && outcome["refused"] != json!([]);
    Ok(if refused { Exit::Findings } else { Exit::Good })
}

fn number(outcome: &Json, name: &str) -> u64 {
    outcome[name].as_u64().unwrap_or_default()
}

fn told(outcome: &Json, things: &str, operation: &str) -> String {
    let mut text = format!("{operation}: done for {} {things}\n", outcome["done"]);
    for refused in outcome["refused"].as_array().into_iter().flatten() {
        let member = |name: &str| refused[name].as_str().unwrap_or_default().to_owned();
        let _ = writeln!(text, "not for {}: {}", member("id"), member("detail"));
    }
    text
}
