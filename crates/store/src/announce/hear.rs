//! Hears what the other processes tell. While nothing can be heard, the polls go on; once something can be again, all is
//! supposed to be new.

use std::sync::Weak;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{CHANNEL, News};
use crate::error::StoreError;
use crate::store::{Inner, Store};

/// How long after a failure it is tried again to listen.
const PAUSE: Duration = Duration::from_secs(1);
/// After so long it is listened anew, and all is supposed to be new: a connection may have died unseen, and what was told in
/// vain has to be heard of some time.
const TURN: Duration = Duration::from_mins(1);

/// Listens until the store ends.
pub(crate) async fn hear(url: String, store: Weak<Inner>, node: Uuid, ending: CancellationToken) {
    let listening = async {
        loop {
            let heard = listen(&url, &store, node).await;
            if store.strong_count() == 0 {
                return;
            }
            if let Err(error) = heard {
                tracing::debug!(%error, "the other processes cannot be heard; polls make up for it");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    ending.run_until_cancelled(listening).await;
}

/// Listens until the connection fails.
async fn listen(url: &str, store: &Weak<Inner>, node: Uuid) -> Result<(), sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    heard(store, News::ALL).await;
    let turn = tokio::time::Instant::now() + TURN;
    while let Ok(heard_of) = tokio::time::timeout_at(turn, listener.try_recv()).await {
        let Some(notification) = heard_of? else {
            break;
        };
        let mut words = notification.payload().split(' ');
        let teller: Option<Uuid> = words.next().and_then(|word| word.parse().ok());
        let news: Option<News> = words.next().and_then(|word| word.parse().ok());
        // What cannot be read is a newer Cuebook's.
        if let Some(news) = news
            && teller != Some(node)
        {
            heard(store, news).await;
        }
    }
    Ok(())
}

async fn heard(store: &Weak<Inner>, news: News) {
    let Some(inner) = store.upgrade() else {
        return;
    };
    let store = Store { inner, actor: None };
    if news.has(News::ACCESS)
        && let Err(error) = refresh(&store).await
    {
        tracing::warn!(%error, "changed tokens, secrets and endpoints could not be read");
    }
    news.wake(store.wakes());
}

async fn refresh(store: &Store) -> Result<(), StoreError> {
    store.refresh_script_secrets().await?;
    store.refresh_hook_tokens().await?;
    store.refresh_endpoints().await
}
