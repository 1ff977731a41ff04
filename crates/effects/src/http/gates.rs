//! How many requests are out at once: a bound for each host, so that one that hangs holds up nobody else, and one in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hosts that are remembered before idle ones are forgotten.
const REMEMBERED: usize = 1024;

/// The bounds.
pub(crate) struct Gates {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    per_host: usize,
}

/// The right to begin one attempt at a send now; given back when dropped. By default of a kind that needs none.
#[derive(Debug, Default)]
pub struct Passage {
    _host: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Gates {
    /// Bounds of `per_host` and `in_all`.
    pub(crate) fn new(per_host: usize, in_all: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(in_all.max(1))),
            hosts: Mutex::new(HashMap::new()),
            per_host: per_host.max(1),
        }
    }

    /// Waits for the right to send to `host`. The host's bound comes first, so that those who wait for a slow host take
    /// nothing from the others.
    pub(crate) async fn enter(&self, host: &str) -> Passage {
        // The semaphores are never closed, so a permit is always had.
        let of_host = self.of_host(host).acquire_owned().await.ok();
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        Passage {
            _host: of_host,
            _all: of_all,
        }
    }

    /// The right to send to `host`, if it can be had without waiting.
    pub(crate) fn try_enter(&self, host: &str) -> Option<Passage> {
        let of_host = self.of_host(host).try_acquire_owned().ok()?;
        let of_all = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Passage {
            _host: Some(of_host),
            _all: Some(of_all),
        })
    }

    fn of_host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED {
            // Whoever waits or holds a permit holds a reference as well.
            hosts.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        Arc::clone(
            hosts
                .entry(host.to_owned())
                .or_insert_with(|| Arc::new(Semaphore::new(self.per_host))),
        )
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_full_host_waits_and_others_do_not() {
        let gates = Gates::new(2, 100);
        let first = gates.enter("slow").await;
        let _second = gates.enter("slow").await;
        assert!(gates.enter("slow").now_or_never().is_none());
        assert!(gates.enter("quick").now_or_never().is_some());
        assert!(gates.try_enter("slow").is_none());
        assert!(gates.try_enter("quick").is_some());
        drop(first);
        assert!(gates.enter("slow").now_or_never().is_some());
    }

    #[tokio::test]
    async fn all_hosts_together_are_bounded() {
        let gates = Gates::new(20, 2);
        let _first = gates.enter("a").await;
        let _second = gates.enter("b").await;
        assert!(gates.enter("c").now_or_never().is_none());
    }

    #[tokio::test]
    async fn idle_hosts_are_forgotten() {
        let gates = Gates::new(1, 1);
        for number in 0..3 * REMEMBERED {
            gates.enter(&number.to_string()).await;
        }
        assert!(gates.hosts.lock().unwrap().len() <= REMEMBERED);
    }
}
