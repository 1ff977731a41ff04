//! Starting the loops and stopping them in good order.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::{EffectId, RunId};
use cuebook_rules::ScriptPool;
use futures::FutureExt as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::in_hand::InHand;
use crate::parts::WorkerParts;
use crate::pauses::Pauses;
use crate::programs::Programs;
use crate::rates::Rates;
use crate::{
    alerts, confirm, outbox, privacy, reconcile, replays, retention, runs, timers, timetables,
};

/// How long a loop that has failed rests before it begins anew.
const BREATH: Duration = Duration::from_secs(1);

/// What all loops share.
pub(crate) struct Shared {
    pub(crate) parts: WorkerParts,
    pub(crate) pool: ScriptPool,
    /// One permit for each thread of the pool.
    pub(crate) threads: Arc<Semaphore>,
    pub(crate) programs: Programs,
    pub(crate) pauses: Pauses,
    pub(crate) rates: Rates,
    /// The runs in hand; here, so that a loop that begins anew knows of them.
    pub(crate) runs: InHand<RunId>,
    /// The mails in hand: no more than the mail server's connections, so that each begins at once.
    pub(crate) mails: InHand<EffectId>,
    /// The other sends in hand.
    pub(crate) sends: InHand<EffectId>,
    pub(crate) tracker: TaskTracker,
    /// Nothing new is to be taken.
    pub(crate) stopping: CancellationToken,
    /// What is still in hand is to be let go.
    pub(crate) abandon: CancellationToken,
}

/// The loops at work.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the loops. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When a thread for scripts cannot be started.
    pub fn start(parts: WorkerParts) -> io::Result<Self> {
        let threads = parts.script_threads.max(1);
        let mails = u32::try_from(parts.effects.mails_at_once()).unwrap_or(u32::MAX);
        let shared = Arc::new(Shared {
            pool: ScriptPool::new(parts.engine.clone(), threads)?,
            threads: Arc::new(Semaphore::new(threads)),
            programs: Programs::default(),
            pauses: Pauses::new(parts.clock.clone()),
            rates: Rates::default(),
            runs: InHand::new(runs::AT_WORK, runs::IN_HAND),
            mails: InHand::new(mails, mails.saturating_mul(outbox::IN_ALL)),
            sends: InHand::new(outbox::IN_HAND, outbox::IN_HAND * outbox::IN_ALL),
            tracker: TaskTracker::new(),
            stopping: CancellationToken::new(),
            abandon: CancellationToken::new(),
            parts,
        });
        let tracker = &shared.tracker;
        tracker.spawn(kept_alive("runs", shared.clone(), runs::work));
        tracker.spawn(kept_alive("outbox", shared.clone(), outbox::work));
        tracker.spawn(kept_alive("timers", shared.clone(), timers::work));
        tracker.spawn(kept_alive("retention", shared.clone(), retention::work));
        tracker.spawn(kept_alive("timetables", shared.clone(), timetables::work));
        tracker.spawn(kept_alive("confirmations", shared.clone(), confirm::work));
        tracker.spawn(kept_alive(
            "reconciliations",
            shared.clone(),
            reconcile::work,
        ));
        tracker.spawn(kept_alive("alerts", shared.clone(), alerts::work));
        tracker.spawn(kept_alive("replays", shared.clone(), replays::work));
        tracker.spawn(kept_alive("privacy", shared.clone(), privacy::work));
        Ok(Self { shared })
    }

    /// Takes nothing new, lets what is in hand finish for `grace`, then gives back what is left, so that it is ready
    /// again at once.
    pub async fn stop(self, grace: Duration) {
        let Shared {
            parts,
            tracker,
            stopping,
            abandon,
            ..
        } = &*self.shared;
        stopping.cancel();
        tracker.close();
        if tokio::time::timeout(grace, tracker.wait()).await.is_err() {
            abandon.cancel();
            tracker.wait().await;
        }
        let given_back = async {
            outbox::give_back_what_came_late(&self.shared).await?;
            parts.store.release_claims().await
        };
        if let Err(error) = given_back.await {
            tracing::warn!(%error, "what was in hand could not be given back; it is taken over at the next start");
        }
    }

    /// Lets everything go at once and gives nothing back, as the end of the process would.
    pub async fn abandon(self) {
        self.shared.stopping.cancel();
        self.shared.abandon.cancel();
        self.shared.tracker.close();
        self.shared.tracker.wait().await;
    }
}

/// Runs a loop until it ends; one that panics begins anew, and says so.
async fn kept_alive<F: Future<Output = ()>>(
    name: &'static str,
    shared: Arc<Shared>,
    work: impl Fn(Arc<Shared>) -> F,
) {
    while AssertUnwindSafe(work(shared.clone()))
        .catch_unwind()
        .await
        .is_err()
    {
        tracing::error!(name, "a loop has failed and begins anew");
        tokio::time::sleep(BREATH).await;
    }
}
