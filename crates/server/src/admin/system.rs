//! What is running here.

use std::sync::Arc;

use cuebook_rules::ActiveRules;
use cuebook_store::Store;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::pauses::{PauseBody, paused};
use super::tag::Tag;
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
    /// What is paused; nothing where everything runs.
    paused: Vec<PauseBody>,
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
        let rules = self.rules.load();
        Ok(Json(SystemBody {
            version: self.settings.version.to_owned(),
            public_url: self.settings.public_url.clone(),
            effects: mode(self.settings.effects_captured).to_owned(),
            rules_hash: rules.hash.clone(),
            rules: u32::try_from(rules.rules.len()).unwrap_or(u32::MAX),
            rules_stale: self.problems.load().is_some(),
            paused,
        }))
    }
}

fn mode(captured: bool) -> &'static str {
    if captured { "capture" } else { "perform" }
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
            paused: vec![PauseBody::example()],
        }
    }
}
