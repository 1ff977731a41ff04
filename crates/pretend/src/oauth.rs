//! Tokens: given for a password or a refresh token, each refresh token good once and for 30 days.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

/// The life of an access token, as in Ticketpark's example.
const ACCESS_LIFE: i64 = 600;
/// The life of a refresh token, as Ticketpark's PHP client takes it.
const REFRESH_LIFE: TimeDelta = TimeDelta::days(30);

/// Who may log in.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) client_key: String,
    pub(crate) client_secret: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

/// A refusal: the status, and OAuth's word for why.
pub(crate) type Refusal = (u16, &'static str);

/// The tokens that were given.
pub(crate) struct OAuth {
    credentials: Credentials,
    given: Mutex<Given>,
}

#[derive(Default)]
struct Given {
    count: u64,
    access: HashMap<String, DateTime<Utc>>,
    refresh: HashMap<String, DateTime<Utc>>,
}

impl OAuth {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            given: Mutex::default(),
        }
    }

    /// Answers a token request.
    pub(crate) fn grant(
        &self,
        authorization: Option<&str>,
        form: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Json, Refusal> {
        if !self.is_client(authorization) {
            return Err((401, "invalid_client"));
        }
        let form: HashMap<_, _> = form_urlencoded::parse(form).into_owned().collect();
        let field = |name: &str| {
            form.get(name)
                .map(String::as_str)
                .ok_or((400, "invalid_request"))
        };
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        match field("grant_type")? {
            "password" => {
                let named = (field("username")?, field("password")?);
                let known = (
                    self.credentials.username.as_str(),
                    self.credentials.password.as_str(),
                );
                if named != known {
                    return Err((400, "invalid_grant"));
                }
            }
            "refresh_token" => {
                let ends_at = given.refresh.remove(field("refresh_token")?);
                if ends_at.is_none_or(|ends_at| ends_at <= now) {
                    return Err((400, "invalid_grant"));
                }
            }
            _ => return Err((400, "unsupported_grant_type")),
        }
        Ok(self.give(&mut given, now))
    }

    /// Whether a request bears an access token that is good.
    pub(crate) fn is_good(&self, authorization: Option<&str>, now: DateTime<Utc>) -> bool {
        let token = authorization.and_then(|text| text.strip_prefix("Bearer "));
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        token.is_some_and(|token| given.access.get(token).is_some_and(|end| *end > now))
    }

    /// Makes every access token void.
    pub(crate) fn revoke_access(&self) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.access.clear();
    }

    fn is_client(&self, authorization: Option<&str>) -> bool {
        let client = format!(
            "{}:{}",
            self.credentials.client_key, self.credentials.client_secret
        );
        authorization == Some(&format!("Basic {}", STANDARD.encode(client)))
    }

    fn give(&self, given: &mut Given, now: DateTime<Utc>) -> Json {
        given.count += 1;
        given.access.retain(|_, ends_at| *ends_at > now);
        given.refresh.retain(|_, ends_at| *ends_at > now);
        let token = |kind: &str| {
            let seed = format!(
                "{kind}/{}/{}/{now}",
                given.count, self.credentials.client_secret
            );
            hex::encode(Sha256::digest(seed))
        };
        let (access, refresh) = (token("access"), token("refresh"));
        given
            .access
            .insert(access.clone(), now + TimeDelta::seconds(ACCESS_LIFE));
        given.refresh.insert(refresh.clone(), now + REFRESH_LIFE);
        json!({
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": ACCESS_LIFE,
            "token_type": "bearer",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oauth() -> OAuth {
        OAuth::new(Credentials {
            client_key: "key".to_owned(),
            client_secret: "secret".to_owned(),
            username: "box".to_owned(),
            password: "office".to_owned(),
        })
    }

    // key:secret
    const BASIC: Option<&str> = Some("Basic a2V5OnNlY3JldA==");
    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn login(oauth: &OAuth) -> Json {
        let form = b"grant_type=password&username=box&password=office";
        oauth.grant(BASIC, form, START).unwrap()
    }

    fn refresh(oauth: &OAuth, tokens: &Json, now: DateTime<Utc>) -> Result<Json, Refusal> {
        let token = tokens["refresh_token"].as_str().unwrap();
        oauth.grant(
            BASIC,
            format!("grant_type=refresh_token&refresh_token={token}").as_bytes(),
            now,
        )
    }

    #[test]
    fn a_refresh_token_is_good_once_and_for_thirty_days() {
        let oauth = oauth();
        let first = login(&oauth);
        let second = refresh(&oauth, &first, START).unwrap();
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert_eq!(refresh(&oauth, &first, START), Err((400, "invalid_grant")));
        let late = START + REFRESH_LIFE;
        assert_eq!(refresh(&oauth, &second, late), Err((400, "invalid_grant")));
    }

    #[test]
    fn an_access_token_ends() {
        let oauth = oauth();
        let bearer = format!("Bearer {}", login(&oauth)["access_token"].as_str().unwrap());
        let after = |seconds| oauth.is_good(Some(&bearer), START + TimeDelta::seconds(seconds));
        assert_eq!((after(599), after(600)), (true, false));
        assert!(!oauth.is_good(None, START));
        oauth.revoke_access();
        assert!(!after(0));
    }

    #[test]
    fn wrong_requests_are_refused_by_their_reason() {
        let oauth = oauth();
        for (basic, form, refusal) in [
            (
                None,
                "grant_type=password&username=box&password=office",
                (401, "invalid_client"),
            ),
            (
                Some("Basic eDp5"),
                "grant_type=password",
                (401, "invalid_client"),
            ),
            (BASIC, "", (400, "invalid_request")),
            (
                BASIC,
                "grant_type=password&username=box",
                (400, "invalid_request"),
            ),
            (
                BASIC,
                "grant_type=password&username=box&password=x",
                (400, "invalid_grant"),
            ),
            (
                BASIC,
                "grant_type=refresh_token&refresh_token=x",
                (400, "invalid_grant"),
            ),
            (
                BASIC,
                "grant_type=client_credentials",
                (400, "unsupported_grant_type"),
            ),
        ] {
            assert_eq!(
                oauth.grant(basic, form.as_bytes(), START),
                Err(refusal),
                "{form}"
            );
        }
    }
}
