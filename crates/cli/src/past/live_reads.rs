//! Reads that no journal has, asked for now: what changes nothing outside may be asked of the real systems.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cuebook_core::failure::Decision;
use cuebook_core::journal::{StepAnswer, StepKind};
use cuebook_effects::{Call, Effects};
use cuebook_rules::rehearse::Asked;
use tokio::runtime::Handle;

/// So many answers are kept: the same is often asked again soon.
const KEPT: usize = 1_000;
/// How often a read is tried.
const ATTEMPTS: u32 = 3;

/// Asks for reads.
pub(crate) struct LiveReads {
    effects: Arc<Effects>,
    handle: Handle,
    kept: Mutex<HashMap<(String, String), Option<StepAnswer>>>,
}

impl LiveReads {
    /// Asks by `effects`, on the runtime of `handle`.
    pub(crate) fn new(effects: Arc<Effects>, handle: Handle) -> Self {
        Self {
            effects,
            handle,
            kept: Mutex::default(),
        }
    }

    /// The answer to a read; `None` for what is no read, or where none is to be had. To be called from a thread that is none
    /// of the runtime's.
    pub(crate) fn answer(&self, asked: &Asked<'_>) -> Option<StepAnswer> {
        if asked.kind != StepKind::Read {
            return None;
        }
        let question = (asked.function.to_owned(), asked.digest.to_owned());
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = kept().get(&question) {
            return answer.clone();
        }
        let answer = self.handle.block_on(self.ask(asked));
        let mut kept = kept();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(question, answer.clone());
        answer
    }

    async fn ask(&self, asked: &Asked<'_>) -> Option<StepAnswer> {
        for attempt in 1..=ATTEMPTS {
            let call = Call {
                function: asked.function,
                arguments: asked.arguments,
                key: "",
                attempt,
            };
            match self.effects.call(&call).await {
                Ok(answer) => return Some(Ok(answer)),
                // That is an answer, too: no such booking.
                Err(error) if matches!(error.decision, Decision::Fail) => {
                    return Some(Err(error.error));
                }
                Err(error) => {
                    tracing::warn!(function = asked.function, attempt, error = %error.error.message, "a live read failed");
                }
            }
        }
        None
    }
}
