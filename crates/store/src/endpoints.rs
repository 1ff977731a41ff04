//! Endpoints in memory: they are few, and each event that is accepted asks for them.
//!
//! What is here may be a moment old where other processes change endpoints, too: a new one gets what comes once this
//! process has heard of it. Whether a delivery may still go is asked of the database where this list does not say yes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use cuebook_core::endpoint::{Destination, Destinations, Endpoint, EndpointState};
use cuebook_core::rule::Rate;
use cuebook_core::secret::SecretText;
use cuebook_core::{EndpointId, Timestamp};
use tokio::sync::Mutex;

/// What is known of the endpoints.
#[derive(Default)]
pub(crate) struct Endpoints {
    known: RwLock<Arc<Vec<Known>>>,
    /// Whether nothing is forwarded, and all is recorded as captured.
    captures: AtomicBool,
    /// Held from before they are read until they are known here: what was read later is never replaced by what was
    /// read before it.
    pub(crate) reading: Mutex<()>,
}

/// An endpoint and its secrets.
pub(crate) struct Known {
    pub(crate) endpoint: Endpoint,
    pub(crate) secret: SecretText,
    /// The one before it, as long as that is good.
    pub(crate) former: Option<SecretText>,
}

impl Endpoints {
    /// All of them.
    pub(crate) fn all(&self) -> Arc<Vec<Known>> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts what was read in the place of what was known. Gives those that are enabled and were not known to be.
    pub(crate) fn replace(&self, endpoints: Vec<Known>) -> Vec<EndpointId> {
        let endpoints = Arc::new(endpoints);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *known, Arc::clone(&endpoints));
        let was_enabled = |id| {
            before
                .iter()
                .any(|known| known.is_enabled() && known.is(id))
        };
        endpoints
            .iter()
            .filter(|known| known.is_enabled() && !was_enabled(known.endpoint.id))
            .map(|known| known.endpoint.id)
            .collect()
    }

    /// Whether nothing is forwarded, and all is recorded as captured.
    pub(crate) fn captures(&self) -> bool {
        self.captures.load(Ordering::Relaxed)
    }

    /// Decides about that.
    pub(crate) fn capture(&self, captures: bool) {
        self.captures.store(captures, Ordering::Relaxed);
    }
}

impl Known {
    /// Whether it gets messages.
    pub(crate) fn is_enabled(&self) -> bool {
        self.endpoint.state == EndpointState::Enabled
    }

    /// Whether it is the one with this id.
    pub(crate) fn is(&self, id: EndpointId) -> bool {
        self.endpoint.id == id
    }
}

impl Destinations for Endpoints {
    fn destination(&self, endpoint: EndpointId, now: Timestamp) -> Option<Destination> {
        let all = self.all();
        let known = all.iter().find(|known| known.is(endpoint))?;
        let until = known.endpoint.former_secret_until;
        let former = known
            .former
            .as_ref()
            .filter(|_| until.is_some_and(|until| now < until));
        let rate = known.endpoint.rate.map(|calls| Rate {
            calls,
            per: Duration::from_secs(1),
        });
        Some(Destination {
            url: known.endpoint.url.clone(),
            rate,
            secrets: [Some(&known.secret), former]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        })
    }
}
