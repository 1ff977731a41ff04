//! Tells the other processes what this one has committed: what gathers while one `NOTIFY` is under way goes with the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{CHANNEL, News};

/// So long news gather at least between two messages.
const GAP: Duration = Duration::from_millis(5);

/// What is still to be told.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    news: AtomicU8,
    some: Notify,
}

impl Outgoing {
    /// Adds to it.
    pub(crate) fn add(&self, news: News) {
        if !news.is_empty() {
            self.news.fetch_or(news.bits(), Ordering::Relaxed);
            self.some.notify_one();
        }
    }

    async fn next(&self) -> News {
        loop {
            self.some.notified().await;
            let news = News::from_bits(self.news.swap(0, Ordering::Relaxed));
            if !news.is_empty() {
                return news;
            }
        }
    }
}

/// Tells until the store ends.
pub(crate) async fn tell(
    outgoing: Arc<Outgoing>,
    db: DatabaseConnection,
    node: Uuid,
    ending: CancellationToken,
) {
    while let Some(news) = ending.run_until_cancelled(outgoing.next()).await {
        let statement = Statement::from_sql_and_values(
            db.get_database_backend(),
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), format!("{node} {news}").into()],
        );
        let telling = async {
            if let Err(error) = db.execute_raw(statement).await {
                tracing::debug!(%error, "the other processes could not be told; their polls make up for it");
            }
            tokio::time::sleep(GAP).await;
        };
        if ending.run_until_cancelled(telling).await.is_none() {
            return;
        }
    }
}
