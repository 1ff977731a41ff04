//! Tells operators what is wrong, by mail and by a webhook: looks for troubles, raises those that are new, and tells what the store
//! says is to be told. Everything that is told at once goes in one message.
//!
//! A message is performed like a rule's send, by the same code, but it has no run: what came of it stands with the alerts.

mod message;
mod perform;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::Value;
use cuebook_core::alert::{Alert, AlertKind, Trouble};
use cuebook_effects::kinds;
use cuebook_store::{StoreError, Told};

use self::message::{mail, message};
use self::perform::perform;
use crate::parts::WorkerParts;
use crate::worker::Shared;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(30);
/// The function that sends mails, and the one that tells other systems.
const MAIL: &str = kinds::MAIL;
const WEBHOOK: &str = "webhook::send";

/// Who is told of what.
#[derive(Clone, Default)]
pub struct AlertSettings {
    /// The mail addresses.
    pub email: Vec<String>,
    /// The sender of the mails.
    pub from: Option<String>,
    /// The URL that gets a message as JSON.
    pub webhook: Option<String>,
    /// After how long without a webhook it is told.
    pub silence: Option<TimeDelta>,
    /// This installation, as people know it.
    pub url: String,
    /// Whether the disk is nearly full.
    pub disk_is_low: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

/// Looks and tells until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let Shared {
        parts, stopping, ..
    } = &*shared;
    while !stopping.is_cancelled() {
        // Broken off, it is told again by whoever looks next.
        match stopping.run_until_cancelled(round(parts)).await {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(%error, "it cannot be seen for now whether something is wrong");
            }
        }
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn round(parts: &WorkerParts) -> Result<(), StoreError> {
    let settings = &parts.alerts;
    let mut troubles = parts
        .store
        .troubles(parts.clock.now(), settings.silence)
        .await?;
    if settings.disk_is_low.as_ref().is_some_and(|is_low| is_low()) {
        troubles.push(Trouble {
            kind: AlertKind::DiskLow,
            about: String::new(),
            number: 1,
            detail: "Webhooks are put off with 503 until there is room again: make some."
                .to_owned(),
        });
    }
    parts.store.raise_alerts(troubles).await?;
    if settings.email.is_empty() && settings.webhook.is_none() {
        return Ok(());
    }
    let alerts = parts.store.claim_alerts().await?;
    if alerts.is_empty() {
        return Ok(());
    }
    let error = tell(parts, &alerts).await.err();
    if let Some(error) = &error {
        tracing::warn!(%error, alerts = alerts.len(), "alerts could not be told; it is tried again");
    }
    let told = Told {
        alerts: alerts.iter().map(|alert| alert.id).collect(),
        error,
    };
    parts.store.settle_alerts(told).await
}

/// Tells everybody who is to be told; one who has been told is told again if another could not be.
async fn tell(parts: &WorkerParts, alerts: &[Alert]) -> Result<(), String> {
    let settings = &parts.alerts;
    let mut errors = Vec::new();
    let first = alerts.first().map(|alert| alert.id.to_string());
    let key = format!(
        "alert-{}-{}",
        first.unwrap_or_default(),
        parts.clock.now().timestamp()
    );
    if !settings.email.is_empty() {
        let told = perform(parts, MAIL, &[mail(settings, alerts)], &key).await;
        errors.extend(told.err());
    }
    if let Some(url) = &settings.webhook {
        let arguments = [Value::from(url.as_str()), message(settings, alerts)];
        errors.extend(perform(parts, WEBHOOK, &arguments, &key).await.err());
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("; "))
    }
}
