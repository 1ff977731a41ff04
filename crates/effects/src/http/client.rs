//! One exchange: by the egress policy, within the bounds, with secrets put in at the last moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cuebook_core::secret::{SecretLookup, SecretText};
use cuebook_core::{Clock, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, Response};
use url::Url;

use super::answer::{self, Exchange};
use super::credential::{Auth, Credential};
use super::decision::is_trouble;
use super::failure::Failure;
use super::gates::{Gates, Passage, Queued};
use super::mask::Mask;
use super::request::{Head, Request};
use crate::egress::{Admission, CheckedResolver, EgressPolicy};
use crate::error::EffectError;
use crate::settings::HttpLimits;
use crate::tls;

/// Who we say we are.
const USER_AGENT: &str = concat!("Cuebook/", env!("CARGO_PKG_VERSION"));

/// How long an idle connection is kept: shorter than most servers keep theirs, since a request on a connection that the
/// other side is closing is lost with an outcome that nobody knows.
const IDLE: Duration = Duration::from_secs(15);

/// A request without a whole answer after so long is slow; after so much longer, its host hangs.
const SLOW: Duration = Duration::from_millis(500);
const HANGING: Duration = Duration::from_secs(5);

/// How much of an answer is read of which only an excerpt is shown, in bytes.
const TROUBLE: usize = 16 * 1024;

/// How long its body is waited for.
const TROUBLE_WAIT: Duration = Duration::from_secs(2);

/// Makes requests that scripts ask for.
pub(crate) struct HttpClient {
    /// One client for each admission: what a name may resolve to differs, so connections must not be shared.
    clients: HashMap<Admission, Client>,
    policy: Arc<EgressPolicy>,
    gates: Gates,
    limits: HttpLimits,
    secrets: Arc<dyn SecretLookup>,
    clock: Arc<dyn Clock>,
}

fn builder(extra_roots: &[Vec<u8>], limits: &HttpLimits) -> Result<ClientBuilder, EffectError> {
    Ok(Client::builder()
        .tls_backend_preconfigured(tls::client_config(extra_roots)?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(USER_AGENT)
        .connect_timeout(limits.connect)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(limits.per_host))
}

impl HttpClient {
    /// Builds the clients.
    pub(crate) fn new(
        policy: EgressPolicy,
        extra_roots: &[Vec<u8>],
        limits: HttpLimits,
        secrets: Arc<dyn SecretLookup>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EffectError> {
        let policy = Arc::new(policy);
        let mut clients = HashMap::new();
        for admission in [
            Admission::Public,
            Admission::AllowedRanges,
            Admission::Anything,
        ] {
            let resolver = CheckedResolver::system(Arc::clone(&policy), admission);
            let client = builder(extra_roots, &limits)?
                .dns_resolver(resolver)
                .build()?;
            clients.insert(admission, client);
        }
        Ok(Self {
            clients,
            policy,
            gates: Gates::new(limits.per_host, limits.in_all),
            limits,
            secrets,
            clock,
        })
    }

    /// The present moment, to judge an answer by.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes `request`, with `key` as its idempotency key where it changes something.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        key: Option<&str>,
    ) -> Result<Exchange, Failure> {
        let passage = self.gates.enter(&authority(&request.head.url)).await;
        let body = request.body.clone();
        self.perform(&request.method, &request.head, body, key, passage)
            .await
    }

    /// The right to make the request of `head` now; `None` where its host has as many as it gets at a time.
    pub(crate) fn passage(&self, head: &Head) -> Option<Passage> {
        self.gates.try_enter(&authority(&head.url))
    }

    /// A place in the queue for that right, where it is about to come.
    pub(crate) fn queue(&self, head: &Head) -> Option<Queued> {
        self.gates.queue(&authority(&head.url))
    }

    /// Makes the request of `head` and `body`.
    pub(crate) async fn perform(
        &self,
        method: &Method,
        head: &Head,
        body: Vec<u8>,
        key: Option<&str>,
        mut passage: Passage,
    ) -> Result<Exchange, Failure> {
        let timeout = self.timeout(head)?;
        let admission = self.policy.admit(&head.url).map_err(Failure::Refused)?;
        let client = self
            .clients
            .get(&admission)
            .ok_or_else(|| Failure::Invalid("there is no client for this host".to_owned()))?;
        let mut mask = Mask::default();
        let mut outgoing = client
            .request(method.clone(), head.url.clone())
            .headers(self.headers(head, key, &mut mask)?);
        if head.content_type.is_some() {
            outgoing = outgoing.body(body);
        }
        // Whoever comes here has a passage: from here on the time counts.
        let exchange = watched(&mut passage, self.read(outgoing, mask));
        if let Ok(outcome) = tokio::time::timeout(timeout, exchange).await {
            return outcome;
        }
        passage.hangs();
        Err(Failure::Lost {
            kind: "timeout",
            detail: format!("no whole answer within {timeout:?}"),
        })
    }

    async fn read(
        &self,
        outgoing: reqwest::RequestBuilder,
        mask: Mask,
    ) -> Result<Exchange, Failure> {
        let response = outgoing.send().await.map_err(|error| Failure::of(&error))?;
        let status = response.status().as_u16();
        let headers = answer::headers(response.headers());
        let body = if is_trouble(status) {
            // The status decides; the body only says more about it, and must not hold it up.
            tokio::time::timeout(TROUBLE_WAIT, read_up_to(response, TROUBLE))
                .await
                .map_or_else(|_| Vec::new(), |read| read.unwrap_or_else(|(part, _)| part))
        } else {
            read_up_to(response, self.limits.answer)
                .await
                .map_err(|(_, error)| match error {
                    Some(error) => Failure::of(&error),
                    None => Failure::TooLarge {
                        status,
                        limit: self.limits.answer,
                    },
                })?
        };
        Ok(Exchange {
            status,
            headers,
            body,
            mask,
        })
    }

    fn timeout(&self, head: &Head) -> Result<Duration, Failure> {
        let timeout = head.timeout().unwrap_or(self.limits.total);
        if timeout > self.limits.longest {
            return Err(Failure::Invalid(format!(
                "the timeout is {:?} at most",
                self.limits.longest
            )));
        }
        Ok(timeout)
    }

    /// The headers to send; the secrets among them are added to `mask`.
    fn headers(
        &self,
        head: &Head,
        key: Option<&str>,
        mask: &mut Mask,
    ) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = &head.content_type {
            headers.insert(CONTENT_TYPE, value("content-type", content_type)?);
        }
        if let Some(key) = key {
            headers.insert("idempotency-key", value("idempotency-key", key)?);
        }
        if let Some(auth) = &head.auth {
            let text = self.authorization(auth, mask)?;
            headers.insert(AUTHORIZATION, sensitive("authorization", &text)?);
        }
        for (name, credential) in &head.headers {
            let header = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Failure::Invalid(format!("{name:?} is no name of a header")))?;
            let text = self.resolve(credential, mask)?;
            headers.insert(header, sensitive(name, &text)?);
        }
        Ok(headers)
    }

    fn resolve(&self, credential: &Credential, mask: &mut Mask) -> Result<SecretText, Failure> {
        let text = credential.resolve(&*self.secrets)?;
        if matches!(credential, Credential::Secret(_)) {
            mask.add(&text);
        }
        Ok(text)
    }

    fn authorization(&self, auth: &Auth, mask: &mut Mask) -> Result<SecretText, Failure> {
        match auth {
            Auth::Bearer(token) => {
                let token = self.resolve(token, mask)?;
                Ok(SecretText::new(format!("Bearer {}", token.reveal())))
            }
            Auth::Basic(user, password) => {
                let user = self.resolve(user, mask)?;
                let password = self.resolve(password, mask)?;
                let both = SecretText::new(format!("{}:{}", user.reveal(), password.reveal()));
                let encoded = SecretText::new(STANDARD.encode(both.reveal()));
                mask.add(&encoded);
                Ok(SecretText::new(format!("Basic {}", encoded.reveal())))
            }
        }
    }
}

/// Tells the gates how an exchange goes, so that one that hangs holds up nobody else.
async fn watched(
    passage: &mut Passage,
    exchange: impl Future<Output = Result<Exchange, Failure>>,
) -> Result<Exchange, Failure> {
    let mut exchange = std::pin::pin!(exchange);
    let mut outcome = tokio::time::timeout(SLOW, &mut exchange).await;
    if outcome.is_err() {
        passage.is_slow();
        outcome = tokio::time::timeout(HANGING, &mut exchange).await;
    }
    let Ok(outcome) = outcome else {
        passage.hangs();
        return exchange.await;
    };
    if outcome.is_ok() {
        passage.answered();
    }
    outcome
}

/// Reads a body as a stream. What was read is given back where it is longer than `limit` or where reading failed.
async fn read_up_to(
    mut response: Response,
    limit: usize,
) -> Result<Vec<u8>, (Vec<u8>, Option<reqwest::Error>)> {
    let mut body = Vec::new();
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err((body, None));
    }
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err((body, None)),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err((body, Some(error))),
        }
    }
}

/// The host of a URL, with its port.
pub(crate) fn authority(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    )
}

fn value(name: &str, text: &str) -> Result<HeaderValue, Failure> {
    // The text itself stays out of the message: it may be a secret.
    HeaderValue::from_str(text).map_err(|_| {
        Failure::Invalid(format!(
            "the value of the header {name} holds characters that a header cannot carry"
        ))
    })
}

fn sensitive(name: &str, text: &SecretText) -> Result<HeaderValue, Failure> {
    let mut value = value(name, text.reveal())?;
    value.set_sensitive(true);
    Ok(value)
}
