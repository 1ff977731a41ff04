//! `cuebook keys`.

use std::sync::Arc;

use chrono::TimeDelta;
use clap::{Args, Subcommand, ValueEnum};
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::value::rfc3339;
use cuebook_core::{Clock, Timestamp};
use cuebook_server::keys;
use cuebook_store::NewApiKey;
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table, Window, path_part};
use crate::{local_store, output};

/// Make, list, rotate and revoke the keys of the API.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook keys create console --scope read --scope personal\n  cuebook keys rotate 4be19c136a0d8f22 --overlap-hours 48\n  cuebook keys create rescue --scope admin --local\n\nScopes: `read` sees everything but mail addresses and secrets, `personal` sees these addresses too, `write` changes what rules and operators do, `admin` holds all of them and decides about keys, tokens and secrets."
)]
pub(crate) struct Keys {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List the keys, newest first.
    List {
        #[command(flatten)]
        window: Window,
    },
    /// Show a key.
    Show {
        /// The key's id.
        id: String,
    },
    /// Make a key. It is shown once.
    Create {
        /// What it is for.
        name: String,
        /// What it may do. May be given several times.
        #[arg(long, required = true, value_name = "SCOPE")]
        scope: Vec<Scope>,
        /// After how many days it ends; never, if left out.
        #[arg(long, value_name = "NUMBER")]
        days: Option<u32>,
        /// Write it into the database itself, for when all keys are lost. On SQLite the server must be stopped.
        #[arg(long)]
        local: bool,
    },
    /// Make a key in the place of another, which ends a while later. It is shown once.
    Rotate {
        /// The id of the former key.
        id: String,
        /// For how many hours the former key is good beside the new one.
        #[arg(long, value_name = "NUMBER", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=720))]
        overlap_hours: u32,
        /// After how many days the new key ends; never, if left out.
        #[arg(long, value_name = "NUMBER")]
        days: Option<u32>,
    },
    /// Let nobody in with a key from now on.
    Revoke {
        /// The key's id.
        id: String,
    },
}

/// What a key may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scope {
    Read,
    Write,
    Personal,
    Admin,
}

impl Scope {
    fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Personal => "personal",
            Self::Admin => "admin",
        }
    }
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Keys, context: &Context) -> Result<Exit, Failure> {
    if let Verb::Create {
        name,
        scope,
        days,
        local: true,
    } = &arguments.verb
    {
        return create_here(name, scope, *days, arguments.json, context);
    }
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List { window } => {
                let list = remote.get("keys", &window.query()).await?;
                remote.print(&list, rows);
            }
            Verb::Show { id } => {
                let key = remote.get(&format!("keys/{}", path_part(id)), &[]).await?;
                remote.print(&key, one);
            }
            Verb::Create {
                name, scope, days, ..
            } => {
                let mut body = json!({"name": name, "scopes": words(scope)});
                add_end(&mut body, *days);
                let made = remote.post("keys", &body).await?;
                remote.print(&made, shown_once);
            }
            Verb::Rotate {
                id,
                overlap_hours,
                days,
            } => {
                let mut body = json!({"overlap_seconds": overlap_hours * 3600});
                add_end(&mut body, *days);
                let path = format!("keys/{}/rotate", path_part(id));
                let made = remote.post(&path, &body).await?;
                remote.print(&made, shown_once);
            }
            Verb::Revoke { id } => {
                let path = format!("keys/{}/revoke", path_part(id));
                let key = remote.post(&path, &json!({})).await?;
                remote.print(&key, one);
            }
        }
        Ok(Exit::Good)
    })
}

/// Makes a key in the database itself.
fn create_here(
    name: &str,
    scopes: &[Scope],
    days: Option<u32>,
    json: bool,
    context: &Context,
) -> Result<Exit, Failure> {
    let config = context.config()?;
    let made = keys::generate(&SystemChance::default());
    let expires_at = days.map(end);
    let key = NewApiKey {
        id: made.id.clone(),
        name: name.to_owned(),
        hash: made.hash,
        scopes: words(scopes),
        expires_at,
    };
    block_on(async {
        let instead =
            "`cuebook serve` is running: stop it and make the key then, or leave out --local";
        let store = local_store::open(&config, "create_key", instead).await?;
        let stored = store.add_api_key(key).await;
        store.close().await;
        stored.map_err(Failure::unreachable)
    })?;
    let answer = json!({
        "id": made.id,
        "key": made.text.reveal(),
        "scopes": words(scopes),
        "expires_at": expires_at.map(rfc3339),
    });
    if json {
        output::line(format!("{answer:#}"));
    } else {
        output::text(&shown_once(&answer));
    }
    Ok(Exit::Good)
}

fn words(scopes: &[Scope]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for scope in scopes {
        if !words.iter().any(|word| word == scope.as_str()) {
            words.push(scope.as_str().to_owned());
        }
    }
    words
}

fn add_end(body: &mut Json, days: Option<u32>) {
    if let Some(days) = days {
        body["expires_at"] = Json::from(rfc3339(end(days)));
    }
}

/// The instant after so many days.
fn end(days: u32) -> Timestamp {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    clock.now() + TimeDelta::days(days.into())
}

fn shown_once(made: &Json) -> String {
    format!(
        "{}\nThis key is shown this once; its id is {}.\n",
        made["key"].as_str().unwrap_or_default(),
        made["id"].as_str().unwrap_or_default()
    )
}

fn rows(list: &Json) -> String {
    table(list).page(list, "no keys")
}

fn one(key: &Json) -> String {
    table(&json!({"items": [key]})).text("no key")
}

fn table(list: &Json) -> Table {
    let mut table = Table::new(&["KEY", "NAME", "SCOPES", "LAST USED", "ENDS", "REVOKED"]);
    for key in list["items"].as_array().into_iter().flatten() {
        let text = |member: &str| key[member].as_str().unwrap_or_default().to_owned();
        let scopes = key["scopes"].as_array().into_iter().flatten();
        let scopes: Vec<&str> = scopes.filter_map(Json::as_str).collect();
        table.row([
            text("id"),
            text("name"),
            scopes.join(" "),
            text("last_used_at"),
            text("expires_at"),
            text("revoked_at"),
        ]);
    }
    table
}
