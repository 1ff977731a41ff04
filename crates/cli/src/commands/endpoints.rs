//! `cuebook endpoints`.

mod report;

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use self::report::{deliveries, one_delivery, shown, shown_once, table};
use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Window, path_part};

/// How long a test of an endpoint is waited for, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(35);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Register other systems that messages are forwarded to, change, test and look after them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook endpoints create https://crm.example.com/hooks/tickets --type new-booking\n  cuebook endpoints test 0195f3a0-7c20-7b1d-8c33-5e2a9d074f61\n  cuebook endpoints deliveries 0195f3a0-7c20-7b1d-8c33-5e2a9d074f61 --state failed\n  cuebook endpoints recover 0195f3a0-7c20-7b1d-8c33-5e2a9d074f61 --since 2026-03-14T18:30:00Z\n\nMessages are signed by Standard Webhooks. The secret is shown when an endpoint is made or its secret is rotated, and never again."
)]
pub(crate) struct Endpoints {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List the endpoints, newest first.
    List {
        #[command(flatten)]
        window: Window,
    },
    /// Register an endpoint. Its secret is shown once.
    Create {
        /// Where to: an https URL, or what `egress.allow` opens.
        url: String,
        /// Register it without its getting messages yet.
        #[arg(long)]
        disabled: bool,
        #[command(flatten)]
        settings: Settings,
    },
    /// Show an endpoint.
    Show {
        /// The endpoint's id.
        id: String,
    },
    /// Change what is given and leave the rest.
    Update {
        /// The endpoint's id.
        id: String,
        /// Where to.
        #[arg(long)]
        url: Option<String>,
        /// Have it get messages of all types.
        #[arg(long, conflicts_with = "types")]
        all_types: bool,
        #[command(flatten)]
        settings: Settings,
    },
    /// Remove an endpoint.
    Delete {
        /// The endpoint's id.
        id: String,
    },
    /// Have an endpoint get messages again, and what was held for it.
    Enable {
        /// The endpoint's id.
        id: String,
    },
    /// Have an endpoint get no messages.
    Disable {
        /// The endpoint's id.
        id: String,
    },
    /// Send it a signed message and say what it answers. Exit 1 if it does not take it.
    Test {
        /// The endpoint's id.
        id: String,
        /// The type of an example message to send, instead of one that means nothing.
        #[arg(long = "type", value_name = "TYPE")]
        event_type: Option<String>,
    },
    /// Make another secret, which is shown once; for 24 hours messages are signed with both.
    RotateSecret {
        /// The endpoint's id.
        id: String,
    },
    /// List what was forwarded to it, newest first.
    Deliveries {
        /// The endpoint's id.
        id: String,
        /// Only deliveries in this state, such as `failed`.
        #[arg(long)]
        state: Option<String>,
        /// Only deliveries of this event.
        #[arg(long, value_name = "ID")]
        event: Option<String>,
        /// Only deliveries made at this instant or later.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        #[command(flatten)]
        window: Window,
    },
    /// Deliver once more.
    Resend {
        /// The endpoint's id.
        id: String,
        /// The delivery's id.
        delivery: String,
    },
    /// Deliver once more what was made since an instant and has failed.
    Recover {
        /// The endpoint's id.
        id: String,
        /// Since when, such as 2026-03-14T18:30:00Z.
        #[arg(long, value_name = "TIME")]
        since: String,
    },
}

/// What can be said of an endpoint beside its URL.
#[derive(Debug, Args)]
struct Settings {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Only messages of this type; all, if left out. May be given several times.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only messages that came so: `webhook`, `reconcile`, `trigger`, `replay`. May be given several times.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// So many messages a second at most; 0 for as many as there are.
    #[arg(long, value_name = "NUMBER")]
    rate: Option<u32>,
}

impl Settings {
    /// The members of a request that say so.
    fn body(&self) -> Json {
        let mut body = json!({});
        if let Some(description) = &self.description {
            body["description"] = json!(description);
        }
        if !self.types.is_empty() {
            body["types"] = json!(self.types);
        }
        if !self.origin.is_empty() {
            body["origins"] = json!(self.origin);
        }
        if let Some(rate) = self.rate {
            body["rate"] = json!(rate);
        }
        body
    }
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Endpoints, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(carry_out(&arguments.verb, &remote))
}

async fn carry_out(verb: &Verb, remote: &Remote) -> Result<Exit, Failure> {
    match verb {
        Verb::List { window } => {
            let list = remote.get("endpoints", &window.query()).await?;
            remote.print(&list, |list| table(list).page(list, "no endpoints"));
        }
        Verb::Create {
            url,
            disabled,
            settings,
        } => {
            let mut body = settings.body();
            body["url"] = json!(url);
            body["enabled"] = json!(!disabled);
            let made = remote.post("endpoints", &body).await?;
            remote.print(&made, |made| {
                let id = made["endpoint"]["id"].as_str();
                let what = format!("the endpoint's id is {}", id.unwrap_or_default());
                shown_once(made, &what)
            });
        }
        Verb::Show { id } => {
            let endpoint = remote.get(&at(id, ""), &[]).await?;
            remote.print(&endpoint, shown);
        }
        Verb::Update {
            id,
            url,
            all_types,
            settings,
        } => {
            let mut body = settings.body();
            if let Some(url) = url {
                body["url"] = json!(url);
            }
            if *all_types {
                body["types"] = json!([]);
            }
            let endpoint = remote.patch(&at(id, ""), &body).await?;
            remote.print(&endpoint, shown);
        }
        Verb::Delete { id } => remote.delete(&at(id, "")).await?,
        Verb::Enable { id } => decide(remote, id, "/enable").await?,
        Verb::Disable { id } => decide(remote, id, "/disable").await?,
        Verb::Test { id, event_type } => return test(remote, id, event_type.as_deref()).await,
        Verb::RotateSecret { id } => {
            let made = remote.post(&at(id, "/rotate-secret"), &json!({})).await?;
            remote.print(&made, |made| {
                let until = made["former_secret_until"].as_str();
                let what = format!("the former one is good until {}", until.unwrap_or_default());
                shown_once(made, &what)
            });
        }
        Verb::Deliveries {
            id,
            state,
            event,
            since,
            window,
        } => {
            let mut query = window.query();
            for (name, value) in [("state", state), ("event", event), ("since", since)] {
                query.extend(value.clone().map(|value| (name, value)));
            }
            let list = remote.get(&at(id, "/deliveries"), &query).await?;
            remote.print(&list, |list| deliveries(list).page(list, "no deliveries"));
        }
        Verb::Resend { id, delivery } => {
            let path = at(id, &format!("/deliveries/{}/resend", path_part(delivery)));
            let delivery = remote.post(&path, &json!({})).await?;
            remote.print(&delivery, one_delivery);
        }
        Verb::Recover { id, since } => {
            let body = json!({"since": since});
            let recovered = remote.post(&at(id, "/recover"), &body).await?;
            remote.print(&recovered, |recovered| {
                format!("{} deliveries are sent again\n", recovered["deliveries"])
            });
        }
    }
    Ok(Exit::Good)
}

/// The address of an endpoint, or of something of it.
fn at(id: &str, rest: &str) -> String {
    format!("endpoints/{}{rest}", path_part(id))
}

async fn decide(remote: &Remote, id: &str, verb: &str) -> Result<(), Failure> {
    let endpoint = remote.post(&at(id, verb), &json!({})).await?;
    remote.print(&endpoint, shown);
    Ok(())
}

/// Sends a test and waits for what comes of its first attempt.
async fn test(remote: &Remote, id: &str, event_type: Option<&str>) -> Result<Exit, Failure> {
    let body = match event_type {
        Some(event_type) => json!({"type": event_type}),
        None => json!({}),
    };
    let mut delivery = remote.post(&at(id, "/test"), &body).await?;
    let name = delivery["id"].as_str().unwrap_or_default().to_owned();
    let path = at(id, &format!("/deliveries/{name}"));
    let asked = tokio::time::Instant::now();
    let is_open =
        |delivery: &Json| delivery["state"] == "pending" && delivery["attempts"] == json!([]);
    while is_open(&delivery) && asked.elapsed() < PATIENCE {
        tokio::time::sleep(LOOK_EVERY).await;
        delivery = remote.get(&path, &[]).await?;
    }
    remote.print(&delivery, one_delivery);
    match delivery["state"].as_str() {
        Some("done" | "captured") => Ok(Exit::Good),
        _ => Ok(Exit::Findings),
    }
}
