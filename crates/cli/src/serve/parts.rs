//! Builds what the server and the worker share from the configuration.

use std::sync::Arc;

use anyhow::Context;
use cuebook_core::Clock;
use cuebook_core::secret::SecretLookup;
use cuebook_effects::{EffectSettings, Effects, EgressPolicy, Limits, SmtpSettings};
use cuebook_server::{DiskRoom, EndpointUrls, Readable, ServerSettings};
use cuebook_store::Store;
use cuebook_ticketpark::{Client, Secret, Settings};
use cuebook_worker::AlertSettings;

use crate::config::{Alerts, Config, EffectsMode, RulesSource};
use crate::ticketpark_token::StoredToken;

/// The client of Ticketpark's API, once it is configured.
pub(crate) fn ticketpark(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Option<Arc<Client>>> {
    let Some((client_key, client_secret)) = &config.ticketpark.client else {
        return Ok(None);
    };
    let settings = Settings {
        url: config.ticketpark.url.clone(),
        client_key: client_key.clone(),
        client_secret: Secret::new(client_secret.reveal()),
        username: config.ticketpark.username.clone(),
    };
    let http = cuebook_ticketpark::transport().context("cannot reach Ticketpark")?;
    let clock = clock.clone();
    Ok(Some(Arc::new(Client::new(
        settings,
        Arc::new(StoredToken(store.clone())),
        http,
        Arc::new(move || clock.now()),
    ))))
}

/// Where Cuebook may connect to.
pub(crate) fn egress(config: &Config) -> EgressPolicy {
    EgressPolicy {
        allow: config.egress_allow.clone(),
        allow_http: false,
    }
}

/// What performs calls and sends.
pub(crate) fn effects(
    config: &Config,
    ticketpark: Option<Arc<Client>>,
    secrets: Arc<dyn SecretLookup>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Effects> {
    let smtp = config.smtp.url.clone().map(|url| SmtpSettings {
        url,
        from: config.smtp.from.clone(),
        allow_plain: config.smtp.allow_plain,
    });
    Effects::new(EffectSettings {
        capture: config.effects == EffectsMode::Capture,
        smtp,
        egress: egress(config),
        ticketpark,
        secrets,
        clock,
        extra_roots: Vec::new(),
        limits: Limits::default(),
    })
    .context("the effects cannot be set up")
}

/// Who is told of what is wrong at this installation.
pub(crate) fn alerts(config: &Config, url: String, disk_room: DiskRoom) -> AlertSettings {
    let Alerts {
        email,
        webhook,
        silence,
    } = &config.alerts;
    AlertSettings {
        email: email.clone(),
        from: config.smtp.from.clone(),
        webhook: webhook.as_ref().map(|url| url.reveal().to_owned()),
        silence: *silence,
        url,
        disk_is_low: Some(Arc::new(move || disk_room.is_low())),
    }
}

/// What the server goes by.
pub(crate) fn server_settings(config: &Config, url: String, disk_room: DiskRoom) -> ServerSettings {
    let egress = egress(config);
    ServerSettings {
        trusted_proxies: config.trusted_proxies.clone(),
        tls: config.tls.clone(),
        effects_captured: config.effects == EffectsMode::Capture,
        rules_from_folder: config.rules_source == RulesSource::Folder,
        ticketpark_configured: config.ticketpark.client.is_some(),
        confirmed_types: Arc::new(config.asking.confirmed.clone()),
        ingest: config.role.receives(),
        admin: config.role.receives(),
        readable: Readable {
            send: cuebook_effects::readable::of_send,
            call: cuebook_effects::readable::of_call,
        },
        endpoint_urls: EndpointUrls::new(move |url| egress.check(url)),
        disk_room,
        ..ServerSettings::new(url, env!("CARGO_PKG_VERSION"))
    }
}
