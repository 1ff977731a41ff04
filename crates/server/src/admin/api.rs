//! All resources of the API, put together behind the guard.

use poem::{EndpointExt, IntoEndpoint};
use poem_openapi::OpenApiService;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

use super::alerts::AlertsApi;
use super::audit::AuditApi;
use super::bulk::BulkApi;
use super::doctor::DoctorApi;
use super::dry_run::DryRunApi;
use super::effects::{EffectsApi, ExportEffectsApi, OperateEffectsApi};
use super::endpoints::{DeliveriesApi, EndpointsApi, OperateEndpointsApi};
use super::events::{DecideEventsApi, EventsApi, ReplayApi};
use super::guard::Guard;
use super::hook_tokens::HookTokensApi;
use super::keys::{KeysApi, OperateKeysApi};
use super::login::LoginApi;
use super::operations::Operations;
use super::pauses::PausesApi;
use super::privacy::{ErasuresApi, ExportsApi};
use super::reconciliations::ReconciliationsApi;
use super::replays::ReplaysApi;
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
    (EventsApi, DecideEventsApi, ReconciliationsApi),
    (ReplayApi, ReplaysApi),
    RunsApi,
    OperateRunsApi,
    (EffectsApi, ExportEffectsApi, BulkApi),
    (OperateEffectsApi, ForwardingApi),
    RulesApi,
    OperateRulesApi,
    ((RuleSetsApi, RuleVersionsApi), DryRunApi),
    SecretsApi,
    AccessApi,
    SystemApi,
    (PausesApi, ErasuresApi, ExportsApi),
    (DoctorApi, StatsApi, AlertsApi),
);

/// Where messages are forwarded to.
type ForwardingApi = (EndpointsApi, OperateEndpointsApi, DeliveriesApi);

/// Who may come in, and what they did.
type AccessApi = (KeysApi, OperateKeysApi, HookTokensApi, AuditApi, LoginApi);

/// The API behind its guard.
pub(crate) fn endpoint(parts: &ServerParts, tasks: &TaskTracker) -> Guard {
    let checks = Seats::new(tasks, CHECKS);
    let api: AdminApi = (
        events(parts),
        (
            ReplayApi {
                store: parts.store.clone(),
                rules: Arc::clone(&parts.rules),
                clock: Arc::clone(&parts.clock),
                chance: Arc::clone(&parts.chance),
            },
            ReplaysApi {
                store: parts.store.clone(),
                rules: Arc::clone(&parts.rules),
                clock: Arc::clone(&parts.clock),
                chance: Arc::clone(&parts.chance),
            },
        ),
        RunsApi(parts.store.clone()),
        OperateRunsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
        },
        (
            EffectsApi(parts.store.clone()),
            ExportEffectsApi(parts.store.clone()),
            BulkApi {
                store: parts.store.clone(),
                rules: Arc::clone(&parts.rules),
            },
        ),
        (OperateEffectsApi(parts.store.clone()), forwarding(parts)),
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
        (
            PausesApi(parts.store.clone()),
            ErasuresApi(parts.store.clone()),
            ExportsApi(parts.store.clone()),
        ),
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
            AlertsApi(parts.store.clone()),
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

fn events(parts: &ServerParts) -> (EventsApi, DecideEventsApi, ReconciliationsApi) {
    (
        EventsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
        },
        DecideEventsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
        },
        ReconciliationsApi {
            store: parts.store.clone(),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
            configured: parts.settings.ticketpark_configured,
        },
    )
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

fn forwarding(parts: &ServerParts) -> ForwardingApi {
    (
        EndpointsApi {
            store: parts.store.clone(),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
            urls: parts.settings.endpoint_urls.clone(),
        },
        OperateEndpointsApi {
            store: parts.store.clone(),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
        },
        DeliveriesApi(parts.store.clone()),
    )
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
