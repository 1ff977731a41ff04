//! `cuebook erase`.

use clap::Args;
use serde_json::Value as Json;

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Whom, shown_request, until_over};

/// Erase a person's data: events, journals, the ledger with its mails, what rules remember. The rows stay, so that the books
/// close; waiting runs are cancelled. It cannot be undone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook erase --email tom@example.com --dry-run\n  cuebook erase --person 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11 --email tom@example.com\n  cuebook erase --booking 293233446073 --reason \"asked for by letter\""
)]
pub(crate) struct Erase {
    #[command(flatten)]
    whom: Whom,
    /// Only look what would be erased.
    #[arg(long)]
    dry_run: bool,
    /// Why, for the audit log. Name nobody there.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Do not wait until it is over.
    #[arg(long)]
    detach: bool,
    /// Print the API's answer as it is.
    #[arg(long)]
    json: bool,
}

/// Erases.
pub(crate) fn run(arguments: &Erase, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    let mut body = arguments.whom.body(arguments.reason.as_ref());
    body["dry_run"] = Json::from(arguments.dry_run);
    block_on(async {
        let mut erasure = remote.post("erasures", &body).await?;
        if !arguments.detach {
            erasure = until_over(&remote, "erasures", erasure).await?;
        }
        remote.print(&erasure, |erasure| {
            let mut told = shown_request(erasure);
            if arguments.dry_run {
                told.push_str("\nnothing was changed\n");
            }
            told
        });
        let bad = matches!(erasure["state"].as_str(), Some("failed" | "cancelled"));
        Ok(if bad { Exit::Findings } else { Exit::Good })
    })
}
