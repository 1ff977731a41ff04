//! What the loops are made of, handed over by whoever puts Cuebook together.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::{Chance, Clock};
use cuebook_effects::Effects;
use cuebook_rules::{ActiveRules, Engine};
use cuebook_store::{Retention, Store};

use crate::alerts::AlertSettings;
use crate::metrics::Metrics;

/// What a [`Worker`](crate::Worker) works with.
pub struct WorkerParts {
    /// Where every state lies.
    pub store: Store,
    /// Runs scripts.
    pub engine: Engine,
    /// The rules in force: for runs that have taken no step yet, and for emitted events.
    pub rules: Arc<ActiveRules>,
    /// Performs calls and sends.
    pub effects: Arc<Effects>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and spreads pauses.
    pub chance: Arc<dyn Chance>,
    /// Where it is counted what was done.
    pub metrics: Arc<Metrics>,
    /// How often Ticketpark is asked for what never came; `None` where only a person asks.
    pub reconcile_every: Option<Duration>,
    /// Who is told of what is wrong.
    pub alerts: AlertSettings,
    /// How long what is kept.
    pub retention: Retention,
    /// The threads that run scripts.
    pub script_threads: usize,
}
