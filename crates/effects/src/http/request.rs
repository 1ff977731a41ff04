//! A request as a script asks for it: checked, with secrets still by name.

use std::time::Duration;

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::function::OptionKey;
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

use super::body::Body;
use super::credential::{Auth, Credential};
use super::decision::Repeat;
use crate::arguments::{self, Options};

/// Headers that belong to the connection and not to a script.
const RESERVED: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "proxy-authorization",
    "proxy-connection",
];

/// Everything about a request but its body: what the envelope of a send keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Where it goes.
    pub(crate) url: Url,
    /// Its headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, Credential)>,
    /// How it proves who sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auth: Option<Auth>,
    /// What its body is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    /// How long it may take, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_ms: Option<u64>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// Its method.
    pub(crate) method: Method,
    /// All but the body.
    pub(crate) head: Head,
    /// Its body.
    pub(crate) body: Vec<u8>,
    /// How far it may be repeated.
    pub(crate) repeat: Repeat,
}

impl Request {
    /// Reads URL, body and options of a function. `body` is `None` for methods without one.
    pub(crate) fn read(
        method: Method,
        url: &str,
        body: Option<&Value>,
        options: Option<&Value>,
        keys: &[OptionKey],
    ) -> Result<Self, CallError> {
        let options = Options::check(options, keys)?;
        let url = parse_url(url)?;
        let body = match (body, options.get("form")) {
            (None | Some(Value::Unit), Some(form)) => {
                Body::read(&Value::from([("form", form.clone())]))?
            }
            (Some(_), Some(_)) => {
                return Err(CallError::invalid(
                    "give a body or the option form, not both: the body of a form is ()",
                ));
            }
            (Some(body), None) => Body::read(body)?,
            (None, None) => Body::default(),
        };
        let timeout_ms = options
            .text("timeout")
            .map(arguments::timeout)
            .transpose()?
            .map(|timeout| u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
        Ok(Self {
            repeat: Repeat::of(&method, options.text("retry"))?,
            head: Head {
                url,
                headers: headers(options.get("headers"))?,
                auth: options.get("auth").map(Auth::read).transpose()?,
                content_type: body.content_type,
                timeout_ms,
            },
            body: body.bytes,
            method,
        })
    }
}

impl Head {
    /// How long it may take, if the script said so.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.timeout_ms.map(Duration::from_millis)
    }
}

/// A URL as ledger and messages show it: without user, password, fragment and the values of its query.
pub(crate) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // Fails only for URLs that cannot have a user, which then have none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    let query = shown.query().is_some_and(|query| !query.is_empty());
    shown.set_query(None);
    let mut text = shown.to_string();
    if query {
        text.push_str("?…");
    }
    text
}

fn parse_url(text: &str) -> Result<Url, CallError> {
    let url = Url::parse(text)
        .map_err(|error| CallError::invalid(format!("the URL cannot be used: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(CallError::invalid(format!(
            "the URL begins with https://, not {}:",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(CallError::invalid(
            "a URL must not hold a user or password; use the option auth",
        ));
    }
    Ok(url)
}

fn headers(value: Option<&Value>) -> Result<Vec<(String, Credential)>, CallError> {
    let mut headers = Vec::new();
    for (name, value) in value.and_then(Value::as_map).into_iter().flatten() {
        if *value == Value::Unit {
            continue;
        }
        let lower = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| CallError::invalid(format!("{name:?} is no name of a header")))?;
        if RESERVED.contains(&lower.as_str()) {
            return Err(CallError::invalid(format!(
                "the header {lower} is set by Cuebook itself"
            )));
        }
        let value = Credential::read(value, &format!("the header {lower}"))?;
        if let Credential::Text(text) = &value {
            HeaderValue::from_str(text).map_err(|_| {
                CallError::invalid(format!(
                    "the header {lower} must not hold line breaks or control characters"
                ))
            })?;
        }
        headers.push((lower.as_str().to_owned(), value));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::OPTIONS;

    fn read(url: &str, body: Option<&Value>, options: &Value) -> Result<Request, CallError> {
        Request::read(Method::POST, url, body, Some(options), OPTIONS)
    }

    #[test]
    fn the_head_keeps_secrets_by_name_and_comes_back_equal() {
        let options = Value::from([
            (
                "headers",
                Value::from([
                    ("X-Api-Key", Value::Secret("KEY".to_owned())),
                    ("X-Try", Value::Int(1)),
                ]),
            ),
            ("timeout", Value::from("10s")),
        ]);
        let head = read("https://crm.example/a", Some(&Value::from("x")), &options)
            .unwrap()
            .head;
        let json = serde_json::to_string(&head).unwrap();
        assert_eq!(
            json,
            r#"{"url":"https://crm.example/a","headers":[["x-api-key",{"secret":"KEY"}],["x-try",{"text":"1"}]],"content_type":"text/plain; charset=utf-8","timeout_ms":10000}"#
        );
        assert_eq!(serde_json::from_str::<Head>(&json).unwrap(), head);
    }

    #[test]
    fn a_form_may_be_an_option_but_not_beside_a_body() {
        let options = Value::from([("form", Value::from([("a", Value::Int(1))]))]);
        assert_eq!(
            read("https://a.example", Some(&Value::Unit), &options)
                .unwrap()
                .body,
            b"a=1"
        );
        assert!(read("https://a.example", Some(&Value::from("x")), &options).is_err());
    }

    #[test]
    fn unusable_urls_and_headers_are_refused_where_the_script_calls() {
        let none = Value::Unit;
        for url in [
            "",
            "crm.example/a",
            "ftp://crm.example",
            "https://tom:pw@crm.example/",
            "https://",
        ] {
            assert_eq!(read(url, None, &none).unwrap_err().kind, "invalid", "{url}");
        }
        for header in ["Host", "content-length", "bad name", ""] {
            let options = Value::from([("headers", Value::from([(header, Value::from("x"))]))]);
            assert!(
                read("https://a.example", None, &options).is_err(),
                "{header}"
            );
        }
        let split = Value::from([(
            "headers",
            Value::from([("x-a", Value::from("b\r\nx-c: d"))]),
        )]);
        assert!(read("https://a.example", None, &split).is_err());
    }

    #[test]
    fn a_shown_url_hides_user_query_and_fragment() {
        let shown = |text: &str| shown(&Url::parse(text).unwrap());
        assert_eq!(
            shown("https://tom:pw@a.example/x?key=1#f"),
            "https://a.example/x?…"
        );
        assert_eq!(shown("https://a.example"), "https://a.example/");
    }
}
