//! The one list of addresses.

use std::sync::Arc;

use poem::{EndpointExt, Route, get, post};
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;

use crate::admin;
use crate::admission::Admission;
use crate::connection::Answering;
use crate::ingest::Hook;
use crate::openapi::{Asset, Documents};
use crate::operator::{Alive, Landing, Numbers, Ready};
use crate::outermost::Outermost;
use crate::server::ServerParts;

/// The endpoint for everything that this installation serves.
pub(crate) fn endpoint(
    parts: &ServerParts,
    admission: Arc<Admission>,
    tasks: &TaskTracker,
) -> Answering {
    let settings = &parts.settings;
    let mut route = Route::new()
        .at("/healthz", get(Alive))
        .at(
            "/readyz",
            get(Ready {
                store: parts.store.clone(),
                rules: Arc::clone(&parts.rules),
                problems: Arc::clone(&parts.rule_problems),
                disk_room: parts.settings.disk_room.clone(),
            }),
        )
        .at(
            "/metrics",
            get(Numbers {
                registry: Arc::clone(&parts.registry),
                metrics: parts.metrics.clone(),
                store: parts.store.clone(),
                admission,
                problems: Arc::clone(&parts.rule_problems),
                counted: Mutex::default(),
            }),
        );
    if settings.ingest {
        route = route.at("/hooks/ticketpark/:token", post(Hook::new(parts)));
    }
    if settings.admin {
        let documents = Documents::new(&settings.public_url);
        route = route
            .at(
                "/",
                get(Landing::new(&settings.public_url, settings.version)),
            )
            .at("/docs", get(Asset::Page))
            .at("/docs/swagger-ui.css", get(Asset::Style))
            .at("/docs/swagger-ui.js", get(Asset::Script))
            .at("/docs/start.js", get(Asset::Start))
            .at("/openapi.json", get(documents.json()))
            .at("/openapi.yaml", get(documents.yaml()))
            .nest(admin::PREFIX, admin::endpoint(parts, tasks));
    }
    Outermost {
        inner: route,
        limits: settings.limits,
        metrics: parts.metrics.clone(),
        clock: Arc::clone(&parts.clock),
        chance: Arc::clone(&parts.chance),
        trusted_proxies: settings.trusted_proxies.clone().into(),
    }
    .boxed()
}
