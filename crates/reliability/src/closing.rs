//! What is looked at when all has come to rest: what reached the other systems, and what the database says of itself.

use std::collections::HashMap;
use std::sync::Arc;

use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_store::{SecretKey, Store, StoreSettings};
use cuebook_testkit::{HttpPeer, SmtpPeer};

use crate::server::Recipe;
use crate::verdict::Arrived;

/// What reached the other systems.
pub(crate) fn arrived(sink: &HttpPeer, mailbox: &SmtpPeer) -> Arrived {
    let mut arrived = HashMap::new();
    for request in sink.requests() {
        let key = request.header("idempotency-key").to_owned();
        *arrived.entry(key).or_default() += 1;
    }
    for mail in mailbox.mails() {
        *arrived.entry(mail.key()).or_default() += 1;
    }
    arrived
}

/// What the database of the stopped process finds wrong with itself, and what its books cannot account for.
pub(crate) async fn complaints(recipe: &Recipe, database: String) -> anyhow::Result<Vec<String>> {
    let store = Store::open(StoreSettings {
        database_url: database,
        secret_key: SecretKey::from_hex(&recipe.read("secret.key")?)?,
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance::default()),
        lease: StoreSettings::LEASE,
    })
    .await?;
    let (complaints, books) = (store.integrity().await, store.close_books().await);
    store.close().await;
    let findings = books?.findings.into_iter().map(|finding| {
        let id = finding.id.map(|id| id.to_string()).unwrap_or_default();
        format!("{}: {id} {}", finding.code, finding.detail)
    });
    let mut complaints = complaints?;
    complaints.extend(findings);
    Ok(complaints)
}
