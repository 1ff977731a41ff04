//! `POST /hooks/ticketpark/{token}`
//!
//! The hot path: one look-up in memory, one copy of the body, one transaction shared with the neighbours'. The token is
//! dropped as soon as it is hashed; no answer, log or metric holds it.

use std::collections::BTreeSet;
use std::sync::Arc;

use cuebook_core::event::{Event, Origin};
use cuebook_core::keys::token_hash;
use cuebook_core::message::Message;
use cuebook_core::{Chance, Clock, EventId};
use cuebook_rules::ActiveRules;
use cuebook_store::{AcceptEvent, HookToken, Store, StoreError};
use poem::http::{StatusCode, header};
use poem::{Endpoint, Request, Response};

use super::headers;
use crate::body;
use crate::client_address::ClientAddress;
use crate::disk_room::DiskRoom;
use crate::limits::ServerLimits;
use crate::problem::{Code, Problem};
use crate::request_log::LogFields;
use crate::server::ServerParts;
use crate::starting::runs_for;
use crate::wrong_guesses::WrongGuesses;

/// After how many seconds a webhook that could not be stored is worth sending again.
const RETRY_AFTER: u32 = 5;

/// The same, where somebody has to make room first.
const RETRY_WITH_ROOM: u32 = 30;

/// Receives Ticketpark's webhooks.
pub(crate) struct Hook {
    store: Store,
    rules: Arc<ActiveRules>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    limits: ServerLimits,
    disk_room: DiskRoom,
    confirmed_types: Arc<BTreeSet<String>>,
    wrong: WrongGuesses,
}

/// What a body is taken for.
struct Judged {
    accept: AcceptEvent,
    refused: Option<(Code, String)>,
    /// Whether Ticketpark is asked about it before its rules run.
    to_confirm: bool,
}

impl Hook {
    /// A hook that stores into `parts.store`.
    pub(crate) fn new(parts: &ServerParts) -> Self {
        let limits = parts.settings.limits;
        Self {
            store: parts.store.clone(),
            rules: Arc::clone(&parts.rules),
            clock: Arc::clone(&parts.clock),
            chance: Arc::clone(&parts.chance),
            limits,
            disk_room: parts.settings.disk_room.clone(),
            confirmed_types: Arc::clone(&parts.settings.confirmed_types),
            wrong: WrongGuesses::new(limits.wrong_tokens),
        }
    }

    async fn receive(&self, request: &mut Request) -> Result<EventId, Problem> {
        // Owned, since reading the body needs the request; it is as long as the client's line was and no longer.
        let text = request
            .raw_path_param("token")
            .unwrap_or_default()
            .to_owned();
        let token = match self.find_token(&token_hash(&text), request).await {
            Ok(token) => token,
            Err(problem) => {
                body::discard(request, &self.limits).await;
                return Err(problem);
            }
        };
        if self.disk_room.is_low() {
            body::discard(request, &self.limits).await;
            return Err(no_room());
        }
        if is_encoded(request) {
            body::discard(request, &self.limits).await;
            return Err(Problem::new(
                Code::EncodedBody,
                "the body has a `Content-Encoding`",
            ));
        }
        let headers = headers::kept(request.headers(), &text);
        let bytes = body::read(request, &self.limits)
            .await
            .map_err(body::BodyError::problem)?;
        let Judged {
            accept,
            refused,
            to_confirm,
        } = self.judge(token, headers, bytes);
        let stored = async {
            if to_confirm {
                return self.store.accept_to_confirm(accept.event).await;
            }
            let accepted = self.store.accept_event(accept).await?;
            Ok(accepted.id)
        };
        let stored = tokio::time::timeout(self.limits.accept_event_time, stored);
        let id = match stored.await {
            Ok(Ok(id)) => id,
            Ok(Err(error)) => return Err(cannot_store(&error)),
            Err(_) => {
                tracing::warn!(
                    "storing a webhook took too long; it is unknown whether it is stored"
                );
                return Err(unavailable());
            }
        };
        match refused {
            None => Ok(id),
            Some((code, why)) => Err(Problem::new(code, why).kept_as(id.0)),
        }
    }

    /// What becomes of the bytes: an event with its runs, or one in quarantine.
    fn judge(&self, token: HookToken, headers: Vec<(String, String)>, body: Vec<u8>) -> Judged {
        let now = self.clock.now();
        let mut event = Event {
            id: EventId(self.chance.uuid(now)),
            account: token.account,
            event_type: None,
            wire_type: None,
            subject: None,
            origin: Origin::Webhook,
            received_at: now,
            headers,
            body,
            capture: false,
            parent: None,
            depth: 0,
            trust: cuebook_core::event::Trust::Token,
        };
        let parsed = Message::parse(&event.body);
        let mut refused = parsed
            .as_ref()
            .err()
            .map(|error| (Code::NotAMessage, error.to_string()));
        if token.retired {
            refused = Some((Code::TokenRetired, "the token was retired".to_owned()));
        }
        let mut rules = Vec::new();
        let mut to_confirm = false;
        if let Ok(message) = parsed {
            if refused.is_none() {
                to_confirm = self.confirmed_types.contains(message.event_type.as_str());
                rules = runs_for(&self.rules.load(), &message.event_type, Origin::Webhook);
            }
            event.event_type = Some(message.event_type);
            event.wire_type = Some(message.wire_type);
            event.subject = message.subject;
        }
        Judged {
            accept: AcceptEvent {
                event,
                rejected: refused.as_ref().map(|(_, why)| why.clone()),
                rules,
            },
            refused,
            to_confirm,
        }
    }

    /// The token with this hash. What memory does not know is counted as wrong before the database is asked.
    async fn find_token(&self, hash: &[u8; 32], request: &Request) -> Result<HookToken, Problem> {
        if let Some(token) = self.store.known_hook_token(hash) {
            return Ok(token);
        }
        let address = request.data::<ClientAddress>().and_then(|client| client.0);
        if address.is_some_and(|address| self.wrong.is_beyond(address, self.clock.now())) {
            return Err(Problem::new(
                Code::TooManyWrongTokens,
                "too many wrong tokens came from this address",
            )
            .retry_after(1));
        }
        match self.store.find_hook_token(hash).await {
            Ok(Some(token)) => Ok(token),
            Ok(None) => Err(Problem::new(Code::UnknownToken, "no hook has this token")),
            Err(error) => Err(cannot_store(&error)),
        }
    }
}

impl Endpoint for Hook {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        match self.receive(&mut request).await {
            Ok(id) => {
                let mut response = Response::builder()
                    .status(StatusCode::ACCEPTED)
                    .content_type("application/json")
                    .body(format!("{{\"id\":\"{id}\"}}"));
                response.set_data(LogFields::event(id.0));
                Ok(response)
            }
            Err(problem) => {
                let id = problem.id;
                let mut error = problem.into_error();
                if let Some(id) = id {
                    error.set_data(LogFields::event(id));
                }
                Err(error)
            }
        }
    }
}

fn is_encoded(request: &Request) -> bool {
    request
        .headers()
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Whatever the database says: what is not stored may be sent again.
fn cannot_store(error: &StoreError) -> Problem {
    tracing::error!(%error, "a webhook cannot be stored");
    unavailable()
}

fn no_room() -> Problem {
    Problem::new(
        Code::StoreUnavailable,
        "the disk is nearly full: the event cannot be stored just now",
    )
    .retry_after(RETRY_WITH_ROOM)
}

fn unavailable() -> Problem {
    Problem::new(
        Code::StoreUnavailable,
        "the event cannot be stored just now",
    )
    .retry_after(RETRY_AFTER)
}
