//! All resources of the API, put together behind the guard.

use poem::{EndpointExt, IntoEndpoint};
use poem_openapi::OpenApiService;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

use super::effects::EffectsApi;
use super::events::EventsApi;
use super::guard::Guard;
use super::operations::Operations;
use super::rules::RulesApi;
use super::runs::RunsApi;
use super::secrets::SecretsApi;
use super::system::SystemApi;
use crate::server::ServerParts;

/// Where the API is.
pub(crate) const PREFIX: &str = "/api/v1";

/// Every resource.
pub(crate) type AdminApi = (
    EventsApi,
    RunsApi,
    EffectsApi,
    RulesApi,
    SecretsApi,
    SystemApi,
);

/// The API behind its guard.
pub(crate) fn endpoint(parts: &ServerParts, tasks: &TaskTracker) -> Guard {
    let api: AdminApi = (
        EventsApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
        },
        RunsApi(parts.store.clone()),
        EffectsApi(parts.store.clone()),
        RulesApi {
            engine: parts.engine.clone(),
            rules: Arc::clone(&parts.rules),
            problems: Arc::clone(&parts.rule_problems),
            tasks: tasks.clone(),
        },
        SecretsApi(parts.store.clone()),
        SystemApi {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            problems: Arc::clone(&parts.rule_problems),
            settings: parts.settings.clone(),
        },
    );
    Guard {
        operations: Operations::of::<AdminApi>(),
        store: parts.store.clone(),
        clock: Arc::clone(&parts.clock),
        limits: parts.settings.limits,
        api: OpenApiService::new(api, "Cuebook", parts.settings.version)
            .into_endpoint()
            .boxed(),
    }
}
