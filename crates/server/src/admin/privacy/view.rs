//! Erasures and exports as the API shows them. Nobody is named there: whom one is about stands as a keyed hash.

use std::collections::BTreeMap;

use cuebook_core::Timestamp;
use cuebook_store::{Found, PrivacyRequest, PrivacyState, Received};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};
use uuid::Uuid;

use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;

/// A name that is searched for.
#[derive(Debug, Object)]
#[oai(rename = "SearchedName")]
pub(crate) struct TermBody {
    /// `person`, `email` or `booking`.
    kind: String,
    /// Its keyed hash: the same name has the same one each time.
    hash: String,
}

/// What somebody outside had got, or may have got.
#[derive(Debug, Object)]
#[oai(rename = "Received")]
pub(crate) struct ReceivedBody {
    /// The effect.
    effect_id: Uuid,
    /// Its function, or `endpoint` for what was forwarded.
    kind: String,
    /// The host that got it: of a mail the part behind the `@`.
    host: String,
    /// `done`, or `unknown` where nobody can say whether it arrived.
    state: String,
    /// When.
    at: Text<Timestamp>,
}

/// A search for one person's data, to erase it or to hand it over.
#[derive(Debug, Object)]
#[oai(rename = "PrivacyRequest", example)]
pub(crate) struct PrivacyBody {
    /// Its id.
    id: Uuid,
    /// Whether it only looks what would be erased.
    dry_run: bool,
    /// Where it stands.
    state: Text<PrivacyState>,
    /// What is done just now: `search`, `erase`, `verify` or `clean`.
    phase: Option<String>,
    /// Why it cannot be carried out.
    error: Option<String>,
    /// Whom it is about.
    names: Vec<TermBody>,
    /// How many bookings are the person's by what was found, and were searched for, too.
    bookings_followed: u64,
    /// How many events and runs have been looked at so far.
    searched: u64,
    /// How many of what were found.
    found: BTreeMap<String, u64>,
    /// The first 1,000 events that were found; empty in lists.
    event_ids: Vec<Uuid>,
    /// The first 1,000 runs that were found; empty in lists.
    run_ids: Vec<Uuid>,
    /// What others had received of it, the first 1,000 by time: they may have to be told. Empty in lists.
    received: Vec<ReceivedBody>,
    /// What was done with the space that was freed, at the end of an erasure.
    cleaned: Option<String>,
    /// The key by which it was asked for.
    key: Option<String>,
    /// When it was asked for. Nothing that came later is touched.
    created_at: Text<Timestamp>,
    /// When somebody began with it.
    started_at: Option<Text<Timestamp>>,
    /// When it ended.
    ended_at: Option<Text<Timestamp>>,
}

/// A page of erasures or exports, newest first.
#[derive(Debug, Object)]
#[oai(rename = "PrivacyRequestPage", example)]
pub(crate) struct PrivacyPage {
    /// The requests.
    pub(super) items: Vec<PrivacyBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(super) next_cursor: Option<Text<Cursor>>,
}

/// The answer to a request.
#[derive(ApiResponse)]
pub(crate) enum Asked {
    /// It was taken, and is carried out in the background.
    #[oai(status = 201)]
    Created(
        Json<PrivacyBody>,
        /// Where it is shown.
        #[oai(header = "Location")]
        String,
    ),
}

impl PrivacyBody {
    /// A request without what it has found.
    pub(super) fn listed(request: PrivacyRequest) -> Self {
        let names = request.terms.into_iter().map(|(kind, hash)| TermBody {
            kind: kind.as_str().to_owned(),
            hash,
        });
        Self {
            id: request.id,
            dry_run: request.dry_run,
            state: Text(request.state),
            phase: request.phase.map(str::to_owned),
            error: request.error,
            names: names.collect(),
            bookings_followed: request.bookings_followed as u64,
            searched: request.searched,
            found: request.found,
            event_ids: Vec::new(),
            run_ids: Vec::new(),
            received: Vec::new(),
            cleaned: request.cleaned,
            key: request.requested_by,
            created_at: Text(request.created_at),
            started_at: request.started_at.map(Text),
            ended_at: request.ended_at.map(Text),
        }
    }

    /// A request with what it has found.
    pub(super) fn whole(request: PrivacyRequest, found: Found, received: Vec<Received>) -> Self {
        let received = received.into_iter().map(|received| ReceivedBody {
            effect_id: received.effect,
            kind: received.kind,
            host: received.host,
            state: received.state,
            at: Text(received.at),
        });
        Self {
            event_ids: found.events,
            run_ids: found.runs,
            received: received.collect(),
            ..Self::listed(request)
        }
    }
}

impl Example for PrivacyBody {
    fn example() -> Self {
        let found = [("events", 3), ("runs", 4), ("steps", 9), ("effects", 2)];
        Self {
            id: sample::audit_id(),
            dry_run: true,
            state: Text(PrivacyState::Completed),
            phase: None,
            error: None,
            names: vec![TermBody {
                kind: "email".to_owned(),
                hash: "5f2b9c0a7d3e4f1186a2c9d0b4e7f813".to_owned(),
            }],
            bookings_followed: 1,
            searched: 12_000,
            found: found.map(|(name, count)| (name.to_owned(), count)).into(),
            event_ids: vec![sample::event_id().0],
            run_ids: vec![sample::run_id().0],
            received: vec![ReceivedBody {
                effect_id: sample::effect_id().0,
                kind: "email::send".to_owned(),
                host: "example.com".to_owned(),
                state: "done".to_owned(),
                at: Text(sample::instant(-60)),
            }],
            cleaned: None,
            key: Some(sample::KEY_ID.to_owned()),
            created_at: Text(sample::instant(0)),
            started_at: Some(Text(sample::instant(0))),
            ended_at: Some(Text(sample::instant(2))),
        }
    }
}

impl Example for PrivacyPage {
    fn example() -> Self {
        Self {
            items: vec![PrivacyBody::example()],
            next_cursor: None,
        }
    }
}
