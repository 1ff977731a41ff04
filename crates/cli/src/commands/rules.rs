//! `cuebook rules`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table, rule_sets};

/// List the rules in force, show one, enable and disable; deploy a set of them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook rules list\n  cuebook rules disable new-booking/thank-you\n  cuebook rules deploy rules\n\nA disabled rule gets no new runs; those that there are go on. `cuebook pause --rule` holds these too."
)]
pub(crate) struct Rules {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List the rules in force.
    List,
    /// Show a rule with its source.
    Show {
        /// The rule's name, such as new-booking/thank-you.
        name: String,
    },
    /// Let new events start runs of the rule again.
    Enable {
        /// The rule's name.
        name: String,
    },
    /// Let new events start no run of the rule.
    Disable {
        /// The rule's name.
        name: String,
    },
    /// List the versions of a rule that were ever in force.
    Versions {
        /// The rule's name.
        name: String,
    },
    /// Check a folder of rules and put it in force on all nodes at once. For `rules_source = "database"`.
    Deploy {
        /// The folder.
        #[arg(default_value = "rules")]
        dir: PathBuf,
    },
    /// List the rule sets that were ever in force.
    Sets,
    /// Show what would change if a set took the place of the one in force.
    Diff {
        /// The set's hash, as `sets` lists it.
        set: String,
    },
    /// Put a former set in force again.
    Activate {
        /// The set's hash, as `sets` lists it.
        set: String,
    },
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Rules, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List => {
                let list = remote.get("rules", &[]).await?;
                remote.print(&list, rows);
            }
            Verb::Show { name } => {
                let answer = remote.get(&format!("rules/{name}"), &[]).await?;
                remote.print(&answer, shown);
            }
            Verb::Enable { name } => decide(&remote, name, "enable").await?,
            Verb::Disable { name } => decide(&remote, name, "disable").await?,
            Verb::Versions { name } => rule_sets::versions(&remote, name).await?,
            Verb::Deploy { dir } => return rule_sets::deploy(&remote, dir, context).await,
            Verb::Sets => rule_sets::list(&remote).await?,
            Verb::Diff { set } => rule_sets::diff(&remote, set).await?,
            Verb::Activate { set } => rule_sets::activate(&remote, set).await?,
        }
        Ok(Exit::Good)
    })
}

fn rows(list: &Json) -> String {
    let mut table = Table::new(&["RULE", "ENABLED", "DESCRIPTION"]);
    for rule in list["items"].as_array().into_iter().flatten() {
        table.row([
            text(&rule["name"]),
            word(&rule["enabled"]).to_owned(),
            text(&rule["description"])
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        ]);
    }
    let mut shown = table.text("no rules");
    if !list["failed_reload"].is_null() {
        shown.push_str(
            "the last change of the folder was refused, and these are the rules from before it: `cuebook check` says why\n",
        );
    }
    shown
}

fn shown(rule: &Json) -> String {
    let mut shown = String::new();
    let _ = writeln!(shown, "name     {}", text(&rule["name"]));
    let _ = writeln!(shown, "enabled  {}", word(&rule["enabled"]));
    let _ = writeln!(shown, "version  {}\n", text(&rule["version"]));
    shown.push_str(&text(&rule["source"]));
    shown
}

async fn decide(remote: &Remote, name: &str, verb: &str) -> Result<(), Failure> {
    let answer = remote
        .post(&format!("rules/{name}/{verb}"), &json!({}))
        .await?;
    remote.print(&answer, |rule| {
        let state = if rule["enabled"] == true {
            "enabled"
        } else {
            "disabled"
        };
        format!("rule {} is {state}\n", text(&rule["name"]))
    });
    Ok(())
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn word(value: &Json) -> &'static str {
    if *value == Json::Bool(true) {
        "yes"
    } else {
        "no"
    }
}
