//! What a write was answered with. A new record's pid is in the `Location` header only.

use percent_encoding::percent_decode_str;
use reqwest::Response;
use reqwest::header::LOCATION;
use serde_json::{Value as Json, json};
use url::Url;

use crate::answer;
use crate::error::Error;
use crate::json_guard::guard;

/// The answer to a `POST`, `PATCH` or `DELETE`.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// 200, 201 (made), 202 (accepted, done later) or 204.
    pub status: u16,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body as it came.
    pub body: String,
}

impl Written {
    /// The new record's pid: the last part of `Location`. `None` for a batch.
    pub fn pid(&self) -> Option<String> {
        let location = self.location()?;
        if batch_id(&location).is_some() {
            return None;
        }
        let pid = location.path_segments()?.rfind(|part| !part.is_empty())?;
        let pid = percent_decode_str(pid).decode_utf8().ok()?;
        Some(pid.into_owned())
    }

    /// The id of a batch that is done later.
    pub fn batch_id(&self) -> Option<String> {
        batch_id(&self.location()?)
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Json {
        match guard(self.body.as_bytes()) {
            Ok(()) => serde_json::from_str(&self.body).unwrap_or(Json::Null),
            Err(_) => Json::Null,
        }
    }

    /// All of it: `{"status", "headers": {"location"}, "body", "json", "pid", "batch_id"}`, without what is not there.
    pub fn to_json(&self) -> Json {
        let mut answer = json!({
            "status": self.status,
            "headers": {},
            "body": self.body,
            "json": self.json(),
        });
        if let Some(location) = &self.location {
            answer["headers"]["location"] = json!(location);
        }
        for (name, value) in [("pid", self.pid()), ("batch_id", self.batch_id())] {
            if let Some(value) = value {
                answer[name] = json!(value);
            }
        }
        answer
    }

    pub(crate) async fn read(response: Response) -> Result<Self, Error> {
        let location = response.headers().get(LOCATION);
        let location = location
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let status = response.status().as_u16();
        let body = answer::body(response).await?;
        let body = String::from_utf8(body).map_err(|error| Error::Invalid(error.into()))?;
        Ok(Self {
            status,
            location,
            body,
        })
    }

    fn location(&self) -> Option<Url> {
        // The header may be a path only; the base lends it a host that is not looked at.
        let base = Url::parse("https://api.ticketpark.ch").ok()?;
        base.join(self.location.as_deref()?).ok()
    }
}

fn batch_id(location: &Url) -> Option<String> {
    let mut query = location.query_pairs();
    let found = query.find(|(name, _)| name == "batchId");
    found.map(|(_, id)| id.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(location: Option<&str>) -> Written {
        Written {
            status: 201,
            location: location.map(str::to_owned),
            body: String::new(),
        }
    }

    #[test]
    fn the_pid_is_the_last_part_of_the_location() {
        let pid = |location| written(Some(location)).pid();
        assert_eq!(
            pid("https://api.ticketpark.ch/bookings/2932").as_deref(),
            Some("2932")
        );
        assert_eq!(pid("/persons/AB-1/").as_deref(), Some("AB-1"));
        assert_eq!(pid("/persons/a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(pid("/persons/a=b+c%26").as_deref(), Some("a=b+c&"));
        assert_eq!(written(None).pid(), None);
    }

    #[test]
    fn a_batch_has_an_id_and_no_pid() {
        let batch = written(Some("https://api.ticketpark.ch/batches/?batchId=77"));
        assert_eq!(batch.batch_id().as_deref(), Some("77"));
        assert_eq!(batch.pid(), None);
        assert_eq!(batch.to_json()["batch_id"], json!("77"));
    }

    #[test]
    fn the_whole_answer_names_only_what_is_there() {
        assert_eq!(
            written(None).to_json(),
            json!({"status": 201, "headers": {}, "body": "", "json": null})
        );
    }
}
