//! A token store that remembers what was done with it, and fails on demand.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use cuebook_ticketpark::{BoxError, RefreshToken, TokenStore};

/// Keeps every token that was saved, the latest last.
#[derive(Default)]
pub(crate) struct RecordingStore {
    saved: Mutex<Vec<RefreshToken>>,
    failures: AtomicU32,
}

impl RecordingStore {
    /// The next `count` saves fail.
    pub(crate) fn fail_saves(&self, count: u32) {
        self.failures.store(count, Ordering::SeqCst);
    }

    /// Every token that was saved.
    pub(crate) fn saved(&self) -> Vec<RefreshToken> {
        self.saved.lock().unwrap().clone()
    }

    /// Puts `token` there as somebody else would.
    pub(crate) fn put(&self, token: RefreshToken) {
        self.saved.lock().unwrap().push(token);
    }
}

#[async_trait]
impl TokenStore for RecordingStore {
    async fn load(&self) -> Result<Option<RefreshToken>, BoxError> {
        Ok(self.saved.lock().unwrap().last().cloned())
    }

    async fn save(&self, token: &RefreshToken) -> Result<(), BoxError> {
        let left = self.failures.load(Ordering::SeqCst);
        if left > 0 {
            self.failures.store(left - 1, Ordering::SeqCst);
            return Err("the disk is full".into());
        }
        self.put(token.clone());
        Ok(())
    }
}
