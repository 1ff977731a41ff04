//! `cuebook secrets`.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table, Window, path_part};
use crate::{ask, output};

/// Set, list and delete what scripts get from `secret("NAME")`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook secrets set CRM_TOKEN\n  pass show crm | cuebook secrets set CRM_TOKEN\n  cuebook secrets list\n\nA secret is stored encrypted, and only its name can be read."
)]
pub(crate) struct Secrets {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List the names.
    List {
        #[command(flatten)]
        window: Window,
    },
    /// Set a secret: asks for it without echo, or reads the first line of stdin.
    Set {
        /// Its name, as in `secret("NAME")`.
        name: String,
    },
    /// Delete a secret. A script that uses it fails from then on.
    Delete {
        /// Its name.
        name: String,
    },
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Secrets, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List { window } => {
                let list = remote.get("secrets", &window.query()).await?;
                let columns = [("SECRET", "name"), ("SET", "updated_at")];
                remote.print(&list, |list| {
                    Table::of(list, &columns).page(list, "no secrets")
                });
            }
            Verb::Set { name } => {
                let value = ask::secret(&format!("{name}: ")).map_err(Failure::usage)?;
                let path = format!("secrets/{}", path_part(name));
                let body = json!({"value": value.reveal()});
                let _: Json = remote.put(&path, &body).await?;
                output::line(format!("{name} is set"));
            }
            Verb::Delete { name } => {
                let path = format!("secrets/{}", path_part(name));
                remote.delete(&path).await?;
                output::line(format!("{name} is deleted"));
            }
        }
        Ok(Exit::Good)
    })
}
