//! `cuebook tokens`.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table, Window, path_part};

/// Make, list, retire and restore the tokens of the webhook's address.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook tokens create ticketpark-2026\n  cuebook tokens list\n  cuebook tokens retire 9a3d9f0c6b2e7b2a\n\nAny number of tokens are good at once. Ticketpark's support changes an address by hand, which takes days: make the new token, have the address changed, and retire the former one when `cuebook tokens list` shows that it is used no more."
)]
pub(crate) struct Tokens {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List the tokens, newest first.
    List {
        #[command(flatten)]
        window: Window,
    },
    /// Make a token. Its address is shown once.
    Create {
        /// What it is called: who will send to its address.
        name: String,
    },
    /// Answer what comes with a token by 410 and keep it in quarantine.
    Retire {
        /// The token's id.
        id: String,
        /// Although it was used within the last seven days.
        #[arg(long)]
        force: bool,
    },
    /// Have a retired token be good again.
    Restore {
        /// The token's id.
        id: String,
    },
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Tokens, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List { window } => {
                let list = remote.get("hook-tokens", &window.query()).await?;
                remote.print(&list, |list| table(list).page(list, "no tokens"));
            }
            Verb::Create { name } => {
                let body = json!({"name": name});
                let made = remote.post("hook-tokens", &body).await?;
                remote.print(&made, shown_once);
            }
            Verb::Retire { id, force } => {
                decide(&remote, id, "retire", &json!({"force": force})).await?;
            }
            Verb::Restore { id } => decide(&remote, id, "restore", &json!({})).await?,
        }
        Ok(Exit::Good)
    })
}

async fn decide(remote: &Remote, id: &str, verb: &str, body: &Json) -> Result<(), Failure> {
    let path = format!("hook-tokens/{}/{verb}", path_part(id));
    let token = remote.post(&path, body).await?;
    remote.print(&token, |token| {
        table(&json!({"items": [token]})).text("no token")
    });
    Ok(())
}

fn shown_once(made: &Json) -> String {
    format!(
        "{}\nThis address is shown this once; the token's id is {}.\n",
        made["url"].as_str().unwrap_or_default(),
        made["id"].as_str().unwrap_or_default()
    )
}

fn table(list: &Json) -> Table {
    let columns = [
        ("TOKEN", "id"),
        ("NAME", "name"),
        ("MADE", "created_at"),
        ("LAST USED", "last_used_at"),
        ("RETIRED", "retired_at"),
    ];
    Table::of(list, &columns)
}
