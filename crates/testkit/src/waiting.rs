//! Waiting for a state.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a test waits for what must come: far longer than it takes, so that a slow machine is no failure.
pub const LONGEST: Duration = Duration::from_secs(30);

/// How long it is between two looks.
pub(crate) const STEP: Duration = Duration::from_millis(2);

/// Looks with `look` until it sees something.
///
/// # Panics
/// When it sees nothing within [`LONGEST`]; `what` says what was waited for.
pub async fn eventually<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + LONGEST;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        sleep(STEP).await;
    }
}
