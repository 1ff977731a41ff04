//! `cuebook export`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::Value as Json;

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::remote::{Remote, Whom, path_part, shown_request, until_over};

/// Export a person's data: all that Cuebook holds of them, as one JSON document.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook export --email tom@example.com --out tom.json\n  cuebook export --person 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11 | jq .effects\n  cuebook export --booking 293233446073 --dry-run"
)]
pub(crate) struct Export {
    #[command(flatten)]
    whom: Whom,
    /// Only say how much there is.
    #[arg(long)]
    dry_run: bool,
    /// Write it into this new file, readable for its owner alone, instead of to stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Why, for the audit log. Name nobody there.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Exports.
pub(crate) fn run(arguments: &Export, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, false)?;
    let body = arguments.whom.body(arguments.reason.as_ref());
    block_on(async {
        let export = remote.post("exports", &body).await?;
        let export = until_over(&remote, "exports", export).await?;
        if arguments.dry_run || export["state"] != "completed" {
            remote.print(&export, shown_request);
            let good = export["state"] == "completed";
            return Ok(if good { Exit::Good } else { Exit::Findings });
        }
        let id = export["id"].as_str().unwrap_or_default();
        let path = format!("exports/{}/data", path_part(id));
        let data = remote.get(&path, &[]).await?;
        match &arguments.out {
            Some(file) => {
                write(file, &data).map_err(Failure::usage)?;
                output::note(format!("written to {}", file.display()));
            }
            None => output::line(format!("{data:#}")),
        }
        Ok(Exit::Good)
    })
}

fn write(file: &Path, data: &Json) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let named = || format!("cannot write {}", file.display());
    let mut opened = options.open(file).with_context(named)?;
    writeln!(opened, "{data:#}").with_context(named)
}
