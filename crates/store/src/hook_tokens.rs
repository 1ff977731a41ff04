//! Hook tokens in memory: they are few, and each webhook asks for one.

use std::sync::{PoisonError, RwLock};

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;

use crate::queries::HookToken;

/// How much time may pass between two uses that are written down.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);

/// What is known of the tokens.
#[derive(Default)]
pub(crate) struct HookTokens {
    known: RwLock<Vec<Known>>,
    /// When an unknown token last had the database looked at.
    pub(crate) looked_at: Mutex<Option<Timestamp>>,
    /// Held from before they are read until they are known here: what was read later is never replaced by what was
    /// read before it.
    pub(crate) reading: Mutex<()>,
}

/// A token and its hash.
pub(crate) struct Known {
    pub(crate) hash: [u8; 32],
    pub(crate) token: HookToken,
    /// The use that is written down.
    pub(crate) touched_at: Option<Timestamp>,
}

/// A token that was found.
pub(crate) struct Found {
    pub(crate) token: HookToken,
    /// Whether this use is to be written down.
    pub(crate) touch: bool,
}

impl HookTokens {
    /// Puts what was read in the place of what was known; of uses the latest stays.
    pub(crate) fn replace(&self, mut tokens: Vec<Known>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for token in &mut tokens {
            if let Some(before) = known.iter().find(|before| before.hash == token.hash) {
                token.token.last_used_at = token.token.last_used_at.max(before.token.last_used_at);
                token.touched_at = token.touched_at.max(before.touched_at);
            }
        }
        *known = tokens;
    }

    /// Finds a token by its hash and notes its use. Compares with each in constant time.
    pub(crate) fn find(&self, hash: &[u8; 32], now: Timestamp) -> Option<Found> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut place = None;
        for (number, candidate) in known.iter().enumerate() {
            if bool::from(candidate.hash.ct_eq(hash)) {
                place = Some(number);
            }
        }
        let found = known.get_mut(place?)?;
        let touch = found
            .touched_at
            .is_none_or(|touched| now - touched >= TOUCH_EVERY);
        if touch {
            found.touched_at = Some(now);
        }
        let token = found.token.clone();
        found.token.last_used_at = found.token.last_used_at.max(Some(now));
        Some(Found { token, touch })
    }
}
