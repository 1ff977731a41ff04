//! Reading an answer: as a stream, never more of it than the limit, and its status as a typed error.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde_json::Value as Json;

use crate::error::Error;
use crate::json_guard::guard;

/// The largest answer that is read, in bytes.
pub const ANSWER_LIMIT: usize = 1024 * 1024;
/// How much of an error's answer is kept, in bytes.
const ERROR_TEXT_LIMIT: usize = 2048;

/// What Ticketpark said beside an error status, cut to 2 KiB. It may hold personal data, so only its length is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerText(String);

impl AnswerText {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AnswerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnswerText({} bytes)", self.0.len())
    }
}

/// The answer itself where its status says success, else the error that the status means.
pub(crate) async fn success(
    response: Response,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Response, Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(Error::Unauthorized);
    }
    if status == StatusCode::NOT_FOUND {
        return Err(Error::NotFound);
    }
    let retry_after = retry_after(response.headers(), now);
    let answer = error_text(response, token).await;
    Err(match status {
        StatusCode::FORBIDDEN => Error::Forbidden(answer),
        StatusCode::CONFLICT => Error::Conflict(answer),
        _ => Error::Status {
            status: status.as_u16(),
            retry_after,
            answer,
        },
    })
}

/// The whole body.
pub(crate) async fn body(mut response: Response) -> Result<Vec<u8>, Error> {
    if response
        .content_length()
        .is_some_and(|length| length > ANSWER_LIMIT as u64)
    {
        return Err(Error::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::from_answer)? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(Error::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The whole body as JSON; nothing at all is `null`.
pub(crate) async fn json(response: Response) -> Result<Json, Error> {
    let body = body(response).await?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Json::Null);
    }
    guard(&body).map_err(|problem| Error::Invalid(problem.into()))?;
    serde_json::from_slice(&body).map_err(|error| Error::Invalid(error.into()))
}

/// What can be read of an error's answer. An answer that cannot be read changes nothing about the error.
async fn error_text(mut response: Response, token: &str) -> AnswerText {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ERROR_TEXT_LIMIT.saturating_sub(bytes.len());
        bytes.extend(chunk.iter().take(room));
        if chunk.len() >= room {
            break;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // A peer that echoes the request's headers must not bring the token into a ledger.
    AnswerText(if token.is_empty() {
        text
    } else {
        text.replace(token, "***")
    })
}

/// How long the peer asks to wait: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    Some((at - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use reqwest::header::HeaderValue;

    use super::*;

    fn wait(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        retry_after(&headers, DateTime::UNIX_EPOCH + TimeDelta::hours(1))
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_date() {
        assert_eq!(wait("120"), Some(Duration::from_mins(2)));
        assert_eq!(
            wait("Thu, 01 Jan 1970 01:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(wait("Thu, 01 Jan 1970 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-5"), None);
    }

    #[test]
    fn the_text_of_an_answer_is_not_printed() {
        let text = AnswerText("tom@example.com".to_owned());
        assert_eq!(format!("{text:?}"), "AnswerText(15 bytes)");
    }
}
