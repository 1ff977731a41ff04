//! `cuebook audit`.

use clap::Args;
use serde_json::Value as Json;

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table, Window};

/// List who changed what, newest first.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook audit\n  cuebook audit --operation discard_effect --since 2026-03-01T00:00:00Z\n  cuebook audit --target 0195f3a0-7c1f-7c01-8f22-6a0d4be19c13 --json"
)]
pub(crate) struct Audit {
    /// Only what this key did; `local` for commands on the machine itself.
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// Only this operation, by its name in the OpenAPI document. May be given several times.
    #[arg(long, value_name = "NAME")]
    operation: Vec<String>,
    /// Only what is about this kind of thing, such as `run`.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only what is about the thing with this id.
    #[arg(long, value_name = "ID")]
    target: Option<String>,
    /// Only what is of this instant or later.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what is from before this instant.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only what has this text in operation, target or reason.
    #[arg(long, short, value_name = "TEXT")]
    q: Option<String>,
    #[command(flatten)]
    window: Window,
    /// Print the API's answer as it is.
    #[arg(long)]
    json: bool,
}

/// Lists.
pub(crate) fn run(arguments: &Audit, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        let list = remote.get("audit", &arguments.query()).await?;
        remote.print(&list, rows);
        Ok(Exit::Good)
    })
}

impl Audit {
    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = self.window.query();
        let operations = self.operation.iter().cloned();
        query.extend(operations.map(|name| ("operation", name)));
        for (name, value) in [
            ("key", &self.key),
            ("target_kind", &self.kind),
            ("target", &self.target),
            ("since", &self.since),
            ("until", &self.until),
            ("q", &self.q),
        ] {
            query.extend(value.clone().map(|value| (name, value)));
        }
        query
    }
}

fn rows(list: &Json) -> String {
    let columns = [
        ("AT", "at"),
        ("KEY", "key_id"),
        ("ADDRESS", "address"),
        ("OPERATION", "operation"),
        ("TARGET", "target_id"),
        ("BEFORE", "before"),
        ("AFTER", "after"),
        ("REASON", "reason"),
    ];
    Table::of(list, &columns).page(list, "nothing was changed")
}
