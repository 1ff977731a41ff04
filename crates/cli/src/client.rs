//! Speaks to the API of a running Cuebook.

use anyhow::{Context, anyhow, bail};
use cuebook_core::secret::SecretText;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use url::{Host, Url};

use crate::config::{Config, Environment};
use crate::data_folder::{ADMIN_KEY, DataFolder};
use crate::exit::Failure;
use crate::own_tls;

/// A running Cuebook.
pub(crate) struct ApiClient {
    url: String,
    key: SecretText,
    http: reqwest::Client,
}

/// What a problem answer says (RFC 9457).
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    hint: String,
}

/// Nobody answers there.
#[derive(Debug, thiserror::Error)]
#[error("cannot reach Cuebook at {url}; is `cuebook serve` running? CUEBOOK_URL names another one")]
pub(crate) struct NotReached {
    url: String,
    source: reqwest::Error,
}

/// What was asked for was refused.
#[derive(Debug, thiserror::Error)]
#[error("{url} refused: {detail} ({status}, {code}){hint}")]
pub(crate) struct Refusal {
    url: String,
    detail: String,
    status: u16,
    code: String,
    hint: String,
}

impl Refusal {
    /// Whether asking for the same again would be refused again.
    pub(crate) fn is_of_the_request(&self) -> bool {
        (400..500).contains(&self.status)
    }
}

impl ApiClient {
    /// The one that `CUEBOOK_URL` and `CUEBOOK_KEY` name, else the one of this configuration on this machine.
    pub(crate) fn new(config: &Config, environment: &Environment) -> Result<Self, Failure> {
        let folder = DataFolder::at(&config.data_dir);
        let (url, http) = match environment.get("CUEBOOK_URL") {
            Some(url) => (named(url).map_err(Failure::usage)?, None),
            // This machine's own address, whatever it is.
            None => own(config, &folder).map_err(Failure::unreachable)?,
        };
        let key = match environment.get("CUEBOOK_KEY") {
            Some(key) => SecretText::new(key),
            None => match &config.admin_key {
                Some(key) => key.clone(),
                None => kept_key(&folder)?,
            },
        };
        let http = match http {
            Some(http) => http,
            None => cuebook_ticketpark::transport().map_err(Failure::unreachable)?,
        };
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            key,
            http,
        })
    }

    /// Its URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// `GET /api/v1/<path>`, read as JSON.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.send(self.request(Method::GET, path)).await?;
        answer
            .json()
            .await
            .with_context(|| format!("the answer to GET {path} cannot be read"))
    }

    /// `GET /api/v1/<path>`, as bytes.
    pub(crate) async fn bytes(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let answer = self.send(self.request(Method::GET, path)).await?;
        let bytes = answer.bytes().await?;
        Ok(bytes.to_vec())
    }

    /// `POST /api/v1/<path>`.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Json,
    ) -> anyhow::Result<T> {
        self.tell(Method::POST, path, body).await
    }

    /// `PUT /api/v1/<path>`.
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Json,
    ) -> anyhow::Result<T> {
        self.tell(Method::PUT, path, body).await
    }

    /// `PATCH /api/v1/<path>`.
    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Json,
    ) -> anyhow::Result<T> {
        self.tell(Method::PATCH, path, body).await
    }

    /// `DELETE /api/v1/<path>`.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.send(self.request(Method::DELETE, path)).await?;
        Ok(())
    }

    async fn tell<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Json,
    ) -> anyhow::Result<T> {
        let what = format!("{method} {path}");
        let answer = self.send(self.request(method, path).json(body)).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(serde_json::from_value(Json::Null)?);
        }
        answer
            .json()
            .await
            .with_context(|| format!("the answer to {what} cannot be read"))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/api/v1/{path}", self.url))
            .bearer_auth(self.key.reveal())
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let answer = request.send().await.map_err(|source| NotReached {
            url: self.url.clone(),
            source,
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        match answer.json::<Problem>().await {
            Ok(problem) if !problem.code.is_empty() => {
                let hint = match problem.hint.as_str() {
                    "" => String::new(),
                    hint => format!("; {hint}"),
                };
                Err(anyhow::Error::new(Refusal {
                    url: self.url.clone(),
                    detail: problem.detail,
                    status: status.as_u16(),
                    code: problem.code,
                    hint,
                }))
            }
            _ => bail!(
                "{} answered {status}, which is no answer of Cuebook's",
                self.url
            ),
        }
    }
}

/// The server of this machine, and what speaks to it where that is not what speaks to all others.
fn own(config: &Config, folder: &DataFolder) -> anyhow::Result<(String, Option<reqwest::Client>)> {
    let known = folder.server_url()?;
    match &config.tls {
        None => Ok((
            known.unwrap_or_else(|| format!("http://{}", config.listen)),
            None,
        )),
        Some(files) => {
            let url = known.unwrap_or_else(|| format!("https://{}", config.listen));
            let (url, http) = own_tls::client(&url, config.public_url.as_ref(), &files.cert)?;
            Ok((url, Some(http)))
        }
    }
}

/// The URL that somebody named, if the key may be sent there.
fn named(text: &str) -> anyhow::Result<String> {
    let url = Url::parse(text).context("CUEBOOK_URL is no URL: write https://<host>")?;
    if !is_safe(&url) {
        bail!(
            "the key is not sent to {} unencrypted: CUEBOOK_URL must begin with https://, or name this machine",
            url.host_str().unwrap_or("a server")
        );
    }
    Ok(text.to_owned())
}

/// Whether a key may be sent there: encrypted, or not beyond this machine.
fn is_safe(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(ip))) => ip.is_loopback(),
        ("http", Some(Host::Ipv6(ip))) => ip.to_canonical().is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost" || name.ends_with(".localhost"),
        _ => false,
    }
}

fn kept_key(folder: &DataFolder) -> Result<SecretText, Failure> {
    folder
        .key(ADMIN_KEY)
        .map_err(Failure::unreachable)?
        .ok_or_else(|| {
            Failure::unreachable(anyhow!(
                "there is no key for the API: {} is not there and CUEBOOK_KEY is not set; the first `cuebook serve` makes one",
                folder.path(ADMIN_KEY).display()
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_unencrypted_to_this_machine_alone() {
        let safe = |url: &str| is_safe(&Url::parse(url).unwrap());
        for url in [
            "https://cuebook.example.ch",
            "http://127.0.0.1:8080",
            "http://127.1",
            "http://[::1]:8080",
            "http://localhost:8080",
        ] {
            assert!(safe(url), "{url}");
        }
        for url in [
            "http://cuebook.example.ch",
            "http://192.0.2.1:8080",
            "http://localhost.example.ch",
            "ftp://127.0.0.1",
        ] {
            assert!(!safe(url), "{url}");
        }
    }
}
