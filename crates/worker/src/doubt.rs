//! After a claim whose outcome is unknown: the commit may have reached the database, and may do so even now, so that this
//! process holds what nobody has in hand. For a while the strays are given back before each claim.

use std::time::Duration;

use cuebook_store::StoreError;
use tokio::time::Instant;

/// How long a commit that was given up may still come through: far longer than the store waits for one.
const LASTS: Duration = Duration::from_mins(1);
/// How often strays are looked for meanwhile.
const EVERY: Duration = Duration::from_secs(1);

/// Whether there may be strays.
#[derive(Debug, Default)]
pub(crate) struct Doubt(Option<Open>);

#[derive(Debug)]
struct Open {
    until: Instant,
    next: Instant,
}

impl Doubt {
    /// A claim failed with `error`.
    pub(crate) fn after(&mut self, error: &StoreError) {
        if error.is_unavailable() {
            let now = Instant::now();
            self.0 = Some(Open {
                until: now + LASTS,
                next: now,
            });
        }
    }

    /// Gives strays back by `release`, if it is time to. A failure means that nothing may be claimed yet.
    pub(crate) async fn settle<F>(&mut self, release: impl FnOnce() -> F) -> Result<(), StoreError>
    where
        F: Future<Output = Result<usize, StoreError>>,
    {
        let now = Instant::now();
        let Some(open) = self.0.as_mut().filter(|open| open.next <= now) else {
            return Ok(());
        };
        let strays = release().await?;
        if strays > 0 {
            tracing::info!(strays, "claims that nobody had in hand were given back");
        }
        open.next = now + EVERY;
        if open.until <= now {
            self.0 = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn released(doubt: &mut Doubt) -> u32 {
        let asked = Cell::new(0);
        let release = || {
            asked.set(asked.get() + 1);
            async { Ok(0) }
        };
        doubt.settle(release).await.unwrap();
        asked.get()
    }

    #[tokio::test(start_paused = true)]
    async fn strays_are_looked_for_after_a_claim_of_unknown_outcome_until_none_can_come() {
        let mut doubt = Doubt::default();
        assert_eq!(released(&mut doubt).await, 0, "there is no doubt");
        doubt.after(&StoreError::Fenced);
        assert_eq!(released(&mut doubt).await, 0, "that was refused");
        doubt.after(&StoreError::Unavailable(None));
        assert_eq!(released(&mut doubt).await, 1);
        assert_eq!(released(&mut doubt).await, 0, "not more than once a second");
        tokio::time::advance(EVERY).await;
        assert_eq!(
            released(&mut doubt).await,
            1,
            "a late commit may have come through"
        );
        tokio::time::advance(LASTS).await;
        assert_eq!(released(&mut doubt).await, 1);
        tokio::time::advance(EVERY).await;
        assert_eq!(released(&mut doubt).await, 0, "the doubt is over");
    }

    #[tokio::test(start_paused = true)]
    async fn while_strays_cannot_be_given_back_the_doubt_stays() {
        let mut doubt = Doubt::default();
        doubt.after(&StoreError::Unavailable(None));
        let failed = doubt
            .settle(|| async { Err(StoreError::Unavailable(None)) })
            .await;
        assert!(failed.is_err());
        assert_eq!(released(&mut doubt).await, 1);
    }
}
