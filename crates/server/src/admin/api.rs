//! All resources of the API, put together behind the guard.

use poem::{EndpointExt, IntoEndpoint};
use poem_openapi::OpenApiService;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

use super::audit::AuditApi;
use super::doctor::DoctorApi;
use super::dry_run::DryRunApi;
use super::effects::{EffectsApi, OperateEffectsApi};
use super::events::{EventsApi, ReplayApi};
use super::guard::Guard;
use super::hook_tokens::HookTokensApi;
use super::keys::{KeysApi, OperateKeysApi};
use super::login::LoginApi;
use super::operations::Operations;
use super::pauses::PausesApi;
use super::rule_sets::{RuleSetChecker, RuleSetsApi, RuleVersionsApi};
use super::rules::{CHECKS, OperateRulesApi, RulesApi};
use super::runs::{OperateRunsApi, RunsApi};
use super::seats::Seats;
use super::secrets::SecretsApi;
use super::stats::StatsApi;
use super::system::SystemApi;
use crate::server::ServerParts;
use crate::wrong_guesses::WrongGuesses;

/// Where the API is.
pub(crate) const PREFIX: &str = "/api/v1";

/// Every resource.
pub(crate) type AdminApi = (
    EventsApi,
    ReplayApi,
    RunsApi,
    OperateRunsApi,
    EffectsApi,
    OperateEffectsApi,
    RulesApi,
    OperateRulesApi,
    ((RuleSetsApi, RuleVersionsApi), DryRunApi),
    SecretsApi,
    AccessApi,
    SystemApi,
    PausesApi,
    (DoctorApi, StatsApi),
);

/// Who may come in, and what they did.
type AccessApi = (KeysApi, OperateKeysApi, HookTokensApi, AuditApi, LoginApi);

/// The API behind its guard.
pub(crate) fn endpoint(parts: &ServerParts, tasks: &TaskTracker) -> Guard {
    let checks = Seats::new(tasks, CHECKS);
    let api: AdminApi = (
        EventsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
        },
        ReplayApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
        },
        RunsApi(parts.store.clone()),
        OperateRunsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
        },
        EffectsApi(parts.store.clone()),
        OperateEffectsApi(parts.store.clone()),
        RulesApi {
            engine: parts.engine.clone(),
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            problems: Arc::clone(&parts.rule_problems),
            checks: checks.clone(),
        },
        OperateRulesApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
        },
        (rule_sets(parts, tasks), dry_run(parts, checks)),
        SecretsApi(parts.store.clone()),
        access(parts),
        SystemApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            problems: Arc::clone(&parts.rule_problems),
            settings: parts.settings.clone(),
        },
        PausesApi(parts.store.clone()),
        (
            DoctorApi {
                store: parts.store.clone(),
                seats: Seats::new(tasks, 1),
            },
            StatsApi {
                store: parts.store.clone(),
                clock: Arc::clone(&parts.clock),
                seats: Seats::new(tasks, 1),
            },
        ),
    );
    Guard {
        operations: Operations::of::<AdminApi>(),
        store: parts.store.clone(),
        clock: Arc::clone(&parts.clock),
        limits: parts.settings.limits,
        wrong: WrongGuesses::new(parts.settings.limits.wrong_keys),
        api: Arc::new(
            OpenApiService::new(api, "Cuebook", parts.settings.version)
                .into_endpoint()
                .boxed(),
        ),
        tasks: tasks.clone(),
    }
}

fn dry_run(parts: &ServerParts, seats: Seats) -> DryRunApi {
    DryRunApi {
        engine: parts.engine.without_secrets(),
        store: parts.store.clone(),
        rules: Arc::clone(&parts.rules),
        clock: Arc::clone(&parts.clock),
        readable: parts.settings.readable,
        seats,
    }
}

fn access(parts: &ServerParts) -> AccessApi {
    (
        KeysApi(parts.store.clone()),
        OperateKeysApi {
            store: parts.store.clone(),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
        },
        HookTokensApi {
            store: parts.store.clone(),
            chance: Arc::clone(&parts.chance),
            public_url: parts.settings.public_url.clone(),
        },
        AuditApi(parts.store.clone()),
        LoginApi {
            store: parts.store.clone(),
            ticketpark: parts.ticketpark.clone(),
        },
    )
}

/// What is deployed, and what was before.
fn rule_sets(parts: &ServerParts, tasks: &TaskTracker) -> (RuleSetsApi, RuleVersionsApi) {
    (
        RuleSetsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            problems: Arc::clone(&parts.rule_problems),
            checker: RuleSetChecker {
                engine: parts.engine.clone(),
                // Its own: whoever only tries rules holds up no deployment.
                seats: Seats::new(tasks, 1),
            },
            from_folder: parts.settings.rules_from_folder,
        },
        RuleVersionsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
        },
    )
}
