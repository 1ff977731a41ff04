//! The client: what can be asked of Ticketpark.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use serde_json::Value as Json;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use crate::access_token::AccessToken;
use crate::answer;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::grant::Granter;
use crate::listing::Listing;
use crate::paging::Page;
use crate::query::{self, Query};
use crate::session::Session;
use crate::settings::Settings;
use crate::token_store::TokenStore;
use crate::transport::TIMEOUT;
use crate::written::Written;

/// Requests at once: Ticketpark does not say how many it takes.
pub const CONCURRENCY: usize = 20;

/// The right to have a request out, kept until its answer is read.
type Passage<'a> = SemaphorePermit<'a>;

/// Tells the time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// A client of Ticketpark's REST API, for one user. Share it behind an `Arc`.
pub struct Client {
    endpoint: Endpoint,
    session: Session,
    http: reqwest::Client,
    now: Now,
    timeout: Duration,
    passages: Semaphore,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Client");
        debug
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that asks by `http` and keeps its refresh token in `tokens`. `http` should follow no redirect and use no
    /// proxy from the environment, as that of [`crate::transport()`] does.
    pub fn new(
        settings: Settings,
        tokens: Arc<dyn TokenStore>,
        http: reqwest::Client,
        now: Now,
    ) -> Self {
        Self::with_timeout(settings, tokens, http, now, TIMEOUT)
    }

    /// As [`Self::new`], with another time that a request may take in all.
    pub fn with_timeout(
        settings: Settings,
        tokens: Arc<dyn TokenStore>,
        http: reqwest::Client,
        now: Now,
        timeout: Duration,
    ) -> Self {
        let endpoint = Endpoint::new(settings.url.clone());
        let granter = Granter::new(endpoint.clone(), settings, http.clone(), Arc::clone(&now));
        Self {
            endpoint,
            session: Session::new(granter, tokens, Arc::clone(&now), timeout),
            http,
            now,
            timeout,
            passages: Semaphore::new(CONCURRENCY),
        }
    }

    /// Logs in with the password, once. The refresh token is saved, the password is not kept.
    pub async fn login(&self, password: &str) -> Result<(), Error> {
        self.session.login(password).await
    }

    /// To be called now and then, say once an hour: warns in the log from a week before the login ends, once a day, and
    /// renews a refresh token that is older than a day. Without a login it does nothing.
    pub async fn tend(&self) -> Result<(), Error> {
        self.session.tend().await
    }

    /// Waits for what is under way with the tokens. To be called before the store is closed.
    pub async fn close(&self) {
        self.session.close().await;
    }

    /// Reads `path`, such as `/shows/5`, with `query`. The path is taken literally and not as escaped. Numbers are kept
    /// as they were written.
    pub async fn get(&self, path: &str, query: &[(String, String)]) -> Result<Json, Error> {
        let url = self.endpoint.url(path, query)?;
        let (response, _passage) = self.send(Method::GET, url, None).await?;
        answer::json(response).await
    }

    /// Reads one record, with the child records named by `properties`.
    pub async fn record(
        &self,
        collection: &str,
        pid: &str,
        properties: &[String],
    ) -> Result<Json, Error> {
        let query = query::properties(properties);
        let url = self.endpoint.record(collection, pid, &query)?;
        let (response, _passage) = self.send(Method::GET, url, None).await?;
        answer::json(response).await
    }

    /// Reads a list page by page, `max` records at most, each once.
    pub async fn list(&self, path: &str, query: &Query, max: usize) -> Result<Vec<Json>, Error> {
        let mut records = Vec::new();
        let keep = |record| {
            records.push(record);
            ControlFlow::<()>::Continue(())
        };
        // It never breaks.
        let _ = self.for_each(path, query, max, keep).await?;
        Ok(records)
    }

    /// As [`Self::list`], but gives each record to `keep` as its page comes, and holds no more than a page. It stops where
    /// `keep` breaks, and gives what it broke with.
    pub async fn for_each<B: Send>(
        &self,
        path: &str,
        query: &Query,
        max: usize,
        mut keep: impl FnMut(Json) -> ControlFlow<B> + Send,
    ) -> Result<ControlFlow<B>, Error> {
        let mut listing = self.listing(path, query, max);
        while let Some(records) = listing.next_page().await? {
            for record in records {
                if let ControlFlow::Break(broke) = keep(record) {
                    return Ok(ControlFlow::Break(broke));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// As [`Self::list`], to be read page by page.
    pub fn listing(&self, path: &str, query: &Query, max: usize) -> Listing<'_> {
        Listing::new(self, path, query, max)
    }

    /// Makes a record from an object, or several from an array. The answer is [`Written::to_json`].
    pub async fn post(&self, path: &str, body: &Json) -> Result<Json, Error> {
        Ok(self.write(Method::POST, path, Some(body)).await?.to_json())
    }

    /// Edits a record, or several by an array. The answer is [`Written::to_json`].
    pub async fn patch(&self, path: &str, body: &Json) -> Result<Json, Error> {
        Ok(self.write(Method::PATCH, path, Some(body)).await?.to_json())
    }

    /// Deletes a record. The answer is [`Written::to_json`].
    pub async fn delete(&self, path: &str) -> Result<Json, Error> {
        Ok(self.write(Method::DELETE, path, None).await?.to_json())
    }

    /// Any write, with its answer typed.
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Written, Error> {
        let url = self.endpoint.url(path, &[])?;
        let (response, _passage) = self.send(method, url, body).await?;
        Written::read(response).await
    }

    pub(crate) async fn page(&self, path: &str, query: &[(String, String)]) -> Result<Page, Error> {
        let url = self.endpoint.url(path, query)?;
        let (response, _passage) = self.send(Method::GET, url, None).await?;
        let total = response.headers().get("x-count");
        let total = total.and_then(|count| count.to_str().ok()?.trim().parse().ok());
        match answer::json(response).await? {
            Json::Array(records) => Ok(Page { records, total }),
            Json::Null => Ok(Page {
                records: Vec::new(),
                total,
            }),
            _ => Err(Error::Invalid("a list is a JSON array".into())),
        }
    }

    /// Sends a request. A 401 says that it was not applied (RFC 9110, 15.5.2), so it is repeated once, with a new token.
    async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Json>,
    ) -> Result<(Response, Passage<'_>), Error> {
        let access = self.session.access().await?;
        match self
            .attempt(&access, method.clone(), url.clone(), body)
            .await
        {
            Err(Error::Unauthorized) => {
                let access = self.session.renewed(Some(&access)).await?;
                self.attempt(&access, method, url, body).await
            }
            result => result,
        }
    }

    async fn attempt(
        &self,
        access: &AccessToken,
        method: Method,
        url: Url,
        body: Option<&Json>,
    ) -> Result<(Response, Passage<'_>), Error> {
        // The request's time counts from when it may leave. Whoever waits for a new token holds no passage.
        let passage = self.passages.acquire().await;
        let passage = passage.map_err(|_| Error::Closed)?;
        let token = access.text.reveal();
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut bearer =
            bearer.map_err(|_| Error::Invalid("the access token is no text".into()))?;
        bearer.set_sensitive(true);
        let mut request = self
            .http
            .request(method, url)
            .timeout(self.timeout)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, bearer);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let response = request.send().await.map_err(Error::from_request)?;
        let response = answer::success(response, token, (self.now)()).await?;
        Ok((response, passage))
    }
}
