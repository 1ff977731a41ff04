//! Going on when the store cannot be reached: what is in hand is never lost, it waits.

use std::time::Duration;

use cuebook_store::StoreError;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

/// The pauses between attempts at something that does not work for now.
#[derive(Debug)]
pub(crate) struct BackOff(Duration);

impl Default for BackOff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl BackOff {
    /// Sleeps, each time twice as long, up to a longest.
    pub(crate) async fn pause(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }
}

/// Does `operation` until the store can be reached, and says so in the log once.
///
/// # Errors
/// What the store says beside being unavailable.
pub(crate) async fn until_available<T, F>(mut operation: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut back_off = BackOff::default();
    let mut told = false;
    loop {
        match operation().await {
            Err(error) if error.is_unavailable() => {
                if !told {
                    tracing::warn!(%error, "the store cannot be reached; trying again until it can");
                    told = true;
                }
                back_off.pause().await;
            }
            done => return done,
        }
    }
}
