//! Who is logged in: the access token in memory, the refresh token in its store, and one renewal at a time.
//!
//! A caller takes the access token without a lock. When it has to be renewed, the first caller starts a task and all
//! others wait for the same one. The task is nobody's: a caller that goes away does not break it off, since an answer
//! that is lost may hold the only refresh token that still works.
//!
//! The store is asked before each renewal. So a login made by another process, or a renewal by another node, is seen.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio_util::task::TaskTracker;

use crate::access_token::AccessToken;
use crate::client::Now;
use crate::error::Error;
use crate::grant::{Grant, Granter, INVALID_GRANT};
use crate::refresh_age::{AgeWatch, RENEW_AFTER};
use crate::secret::Secret;
use crate::token_store::{RefreshToken, TokenStore};

type Renewal = Shared<BoxFuture<'static, Result<Arc<AccessToken>, Arc<Error>>>>;

/// The way to an access token.
pub(crate) struct Session {
    tokens: Arc<Tokens>,
    renewal: Mutex<Option<Renewal>>,
    tasks: TaskTracker,
}

struct Tokens {
    granter: Granter,
    store: Arc<dyn TokenStore>,
    now: Now,
    timeout: Duration,
    access: ArcSwapOption<AccessToken>,
    age: AgeWatch,
    /// Held for the length of a login or renewal: what these leave to the next.
    left: tokio::sync::Mutex<Left>,
}

#[derive(Default)]
struct Left {
    /// Tokens that Ticketpark gave and the store did not take.
    unsaved: Option<(Arc<AccessToken>, RefreshToken)>,
    /// The refresh token that Ticketpark refused, so that it is not asked again about the same one.
    refused: Option<Secret>,
}

impl Session {
    pub(crate) fn new(
        granter: Granter,
        store: Arc<dyn TokenStore>,
        now: Now,
        timeout: Duration,
    ) -> Self {
        Self {
            tokens: Arc::new(Tokens {
                granter,
                store,
                now,
                timeout,
                access: ArcSwapOption::empty(),
                age: AgeWatch::default(),
                left: tokio::sync::Mutex::default(),
            }),
            renewal: Mutex::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Takes the place of whoever was logged in.
    pub(crate) async fn login(&self, password: &str) -> Result<(), Error> {
        let tokens = &self.tokens;
        let mut left = tokens.left.lock().await;
        let grant = tokens.granter.by_password(password, tokens.timeout).await?;
        left.unsaved = None;
        tokens.adopt(grant, None, &mut left).await?;
        tracing::info!("logged in to Ticketpark");
        Ok(())
    }

    /// An access token that is good.
    pub(crate) async fn access(&self) -> Result<Arc<AccessToken>, Error> {
        let access = self.tokens.access.load_full();
        if let Some(access) = &access
            && access.is_fresh((self.tokens.now)())
        {
            return Ok(Arc::clone(access));
        }
        match (self.renewed(access.as_ref()).await, access) {
            // It was to be renewed early; until it ends it does its work.
            (Err(error), Some(access)) if access.is_good((self.tokens.now)()) => {
                tracing::warn!(%error, "the access token could not be renewed yet");
                Ok(access)
            }
            (renewed, _) => renewed,
        }
    }

    /// Another access token than `stale`: a new one, unless somebody else has it already.
    pub(crate) async fn renewed(
        &self,
        stale: Option<&Arc<AccessToken>>,
    ) -> Result<Arc<AccessToken>, Error> {
        let renewal = {
            let mut slot = self.renewal.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(access) = self.tokens.access.load_full()
                && access.is_fresh((self.tokens.now)())
                && !stale.is_some_and(|stale| Arc::ptr_eq(stale, &access))
            {
                return Ok(access);
            }
            match &*slot {
                Some(renewal) if renewal.peek().is_none() => renewal.clone(),
                _ => slot.insert(self.start_renewal(stale.cloned())).clone(),
            }
        };
        renewal.await.map_err(Error::from_renewal)
    }

    /// Warns if the refresh token is about to end, and renews it if it is older than a day.
    pub(crate) async fn tend(&self) -> Result<(), Error> {
        let stored = self.tokens.store.load().await.map_err(Error::TokenStore)?;
        let Some(stored) = stored else {
            return Ok(());
        };
        let now = (self.tokens.now)();
        self.tokens.warn_of_age(&stored);
        if now - stored.obtained_at > RENEW_AFTER {
            let access = self.tokens.access.load_full();
            self.renewed(access.as_ref()).await?;
        }
        Ok(())
    }

    /// Waits for a renewal under way.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn start_renewal(&self, stale: Option<Arc<AccessToken>>) -> Renewal {
        let tokens = Arc::clone(&self.tokens);
        let task = self
            .tasks
            .spawn(async move { tokens.renew(stale.as_ref()).await });
        async move {
            match task.await {
                Ok(result) => result.map_err(Arc::new),
                Err(_ended) => Err(Arc::new(Error::Closed)),
            }
        }
        .boxed()
        .shared()
    }
}

impl Tokens {
    async fn renew(&self, stale: Option<&Arc<AccessToken>>) -> Result<Arc<AccessToken>, Error> {
        let mut left = self.left.lock().await;
        // A login may have come first.
        if let Some(access) = self.access.load_full()
            && access.is_fresh((self.now)())
            && !stale.is_some_and(|stale| Arc::ptr_eq(stale, &access))
        {
            return Ok(access);
        }
        if let Some((access, refresh)) = left.unsaved.take() {
            self.save(&access, refresh, &mut left).await?;
            if access.is_fresh((self.now)()) {
                self.access.store(Some(Arc::clone(&access)));
                return Ok(access);
            }
        }
        let stored = self.stored().await?;
        self.warn_of_age(&stored);
        if left.refused.as_ref() == Some(&stored.token) {
            return Err(Error::NotLoggedIn);
        }
        match self.refresh(stored.clone(), &mut left).await {
            Err(Error::Refused { code }) if code == INVALID_GRANT => {
                // Another node may have renewed it a moment ago.
                let again = self.stored().await?;
                if again.token == stored.token {
                    tracing::error!("Ticketpark refused the refresh token: log in again");
                    left.refused = Some(stored.token);
                    return Err(Error::NotLoggedIn);
                }
                self.refresh(again, &mut left).await
            }
            result => result,
        }
    }

    async fn refresh(
        &self,
        stored: RefreshToken,
        left: &mut Left,
    ) -> Result<Arc<AccessToken>, Error> {
        let grant = self
            .granter
            .by_refresh_token(&stored.token, self.timeout)
            .await?;
        tracing::debug!("the access token for Ticketpark was renewed");
        self.adopt(grant, Some(stored), left).await
    }

    /// Saves the refresh token first and only then uses what came with it. `former` stays where Ticketpark gave no other.
    async fn adopt(
        &self,
        grant: Grant,
        former: Option<RefreshToken>,
        left: &mut Left,
    ) -> Result<Arc<AccessToken>, Error> {
        let access = Arc::new(grant.access);
        let refresh = grant
            .refresh
            .filter(|token| former.as_ref().is_none_or(|former| former.token != *token));
        match (refresh, former) {
            (Some(token), _) => {
                let obtained_at = (self.now)();
                let refresh = RefreshToken { token, obtained_at };
                self.save(&access, refresh, left).await?;
            }
            (None, Some(_)) => {}
            (None, None) => {
                return Err(Error::Invalid("the login gave no refresh token".into()));
            }
        }
        left.refused = None;
        self.access.store(Some(Arc::clone(&access)));
        Ok(access)
    }

    async fn save(
        &self,
        access: &Arc<AccessToken>,
        refresh: RefreshToken,
        left: &mut Left,
    ) -> Result<(), Error> {
        match self.store.save(&refresh).await {
            Ok(()) => Ok(()),
            Err(error) => {
                // The former token may be void already, so this one must not be forgotten: the next caller saves it.
                left.unsaved = Some((Arc::clone(access), refresh));
                Err(Error::TokenStore(error))
            }
        }
    }

    async fn stored(&self) -> Result<RefreshToken, Error> {
        let stored = self.store.load().await.map_err(Error::TokenStore)?;
        stored.ok_or(Error::NotLoggedIn)
    }

    fn warn_of_age(&self, stored: &RefreshToken) {
        if let Some(ends_at) = self.age.warning(stored.obtained_at, (self.now)()) {
            tracing::warn!(
                %ends_at,
                "the login to Ticketpark ends soon: log in again, or let Cuebook reach Ticketpark before"
            );
        }
    }
}
