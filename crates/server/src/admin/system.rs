//! What is running here.

use std::sync::Arc;

use cuebook_core::Timestamp;
use cuebook_rules::ActiveRules;
use cuebook_store::{Arrival, ArrivedBy, Store};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::pauses::{PauseBody, paused};
use super::sample;
use super::tag::Tag;
use super::value::Text;
use crate::auth::{Allowed, Read};
use crate::problem::{Refused, refusals};
use crate::rule_problems::RuleProblems;
use crate::server::ServerSettings;

refusals! {
    /// `GET /system`
    ShowRefusals = [];
}

/// This installation.
#[derive(Debug, Object)]
#[oai(rename = "System", example)]
struct SystemBody {
    /// Cuebook's version.
    version: String,
    /// The address that users see.
    public_url: String,
    /// `perform`, or `capture` where every effect is only recorded.
    effects: String,
    /// The hash of the rules in force.
    rules_hash: String,
    /// How many rules are in force.
    rules: u32,
    /// Whether the last change of the rules was refused; the rules in force are then older than the folder.
    rules_stale: bool,
    /// How the database came here; nothing where it was made here.
    arrived: Option<ArrivalBody>,
    /// What is paused; nothing where everything runs.
    paused: Vec<PauseBody>,
}

/// How a database came here that was not made here.
#[derive(Debug, Object)]
#[oai(rename = "Arrival", example)]
struct ArrivalBody {
    /// `restored` from a backup, or `copied` from another database.
    by: String,
    /// The moment that it showed then: after a restore, what was done since is not in it.
    taken_at: Text<Timestamp>,
    /// When it came.
    at: Text<Timestamp>,
}

/// The operations on the installation.
pub(crate) struct SystemApi {
    /// Whether it answers.
    pub(crate) store: Store,
    /// The rules in force.
    pub(crate) rules: Arc<ActiveRules>,
    /// The last failed reload.
    pub(crate) problems: Arc<RuleProblems>,
    /// What the operator decided.
    pub(crate) settings: ServerSettings,
}

#[OpenApi]
impl SystemApi {
    /// Show the installation
    ///
    /// Version, mode, rules in force, and what is paused.
    #[oai(
        path = "/system",
        method = "get",
        operation_id = "show_system",
        tag = "Tag::System"
    )]
    async fn show_system(
        &self,
        _key: Allowed<Read>,
    ) -> Result<Json<SystemBody>, Refused<ShowRefusals>> {
        self.store.ping().await?;
        let paused = paused(&self.store).await?;
        let arrived = self.store.arrival().await?.map(ArrivalBody::from);
        let rules = self.rules.load();
        Ok(Json(SystemBody {
            version: self.settings.version.to_owned(),
            public_url: self.settings.public_url.clone(),
            effects: mode(self.settings.effects_captured).to_owned(),
            rules_hash: rules.hash.clone(),
            rules: u32::try_from(rules.rules.len()).unwrap_or(u32::MAX),
            rules_stale: self.problems.load().is_some(),
            arrived,
            paused,
        }))
    }
}

fn mode(captured: bool) -> &'static str {
    if captured { "capture" } else { "perform" }
}

impl From<Arrival> for ArrivalBody {
    fn from(arrival: Arrival) -> Self {
        let by = match arrival.by {
            ArrivedBy::Restored => "restored",
            ArrivedBy::Copied => "copied",
        };
        Self {
            by: by.to_owned(),
            taken_at: Text(arrival.taken_at),
            at: Text(arrival.at),
        }
    }
}

impl Example for ArrivalBody {
    fn example() -> Self {
        Self {
            by: "restored".to_owned(),
            taken_at: Text(sample::instant(0)),
            at: Text(sample::instant(60)),
        }
    }
}

impl Example for SystemBody {
    fn example() -> Self {
        Self {
            version: "0.1.0".to_owned(),
            public_url: "https://cuebook.example.com".to_owned(),
            effects: mode(false).to_owned(),
            rules_hash: "9f2c".repeat(16),
            rules: 7,
            rules_stale: false,
            arrived: None,
            paused: vec![PauseBody::example()],
        }
    }
}
