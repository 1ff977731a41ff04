//! A hook token as the API shows it, and as it is asked for.

use cuebook_core::Timestamp;
use cuebook_store::HookTokenRow;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};

use crate::admin::sample;
use crate::admin::value::{Plain, Text};

/// A hook token, without its text.
#[derive(Debug, Object)]
#[oai(rename = "HookToken", example)]
pub(crate) struct HookTokenBody {
    /// What names it without telling it.
    id: String,
    /// What it is called.
    name: String,
    /// When it was made.
    created_at: Text<Timestamp>,
    /// When a webhook last came with it, to the minute; `null` if none did.
    last_used_at: Option<Text<Timestamp>>,
    /// Since when it is retired: what comes with it is answered 410 and kept in quarantine. `null` while it is good.
    retired_at: Option<Text<Timestamp>>,
}

/// A page of hook tokens, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct HookTokenPage {
    /// The tokens.
    pub(super) items: Vec<HookTokenBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(super) next_cursor: Option<String>,
}

/// A hook token to be made.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewHookToken {
    /// What it is called: who will send to its address.
    pub(super) name: Text<Plain>,
}

/// How a hook token is retired.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct Retirement {
    /// Whether it is retired although it was used within the last seven days.
    #[oai(default)]
    pub(super) force: bool,
}

/// A hook token that was made just now. Its text is not shown again.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct MadeHookToken {
    /// What names it without telling it.
    pub(super) id: String,
    /// What it is called.
    pub(super) name: String,
    /// The token itself.
    pub(super) token: String,
    /// The address that Ticketpark is to send to, token included.
    pub(super) url: String,
}

/// The answer to a hook token that was made.
#[derive(ApiResponse)]
pub(crate) enum Made {
    /// The token is good from now on. Its text is shown this once.
    #[oai(status = 201)]
    Created(
        Json<MadeHookToken>,
        /// Where the token is shown.
        #[oai(header = "Location")]
        String,
    ),
}

impl HookTokenBody {
    pub(super) fn new(row: HookTokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: Text(row.created_at),
            last_used_at: row.last_used_at.map(Text),
            retired_at: row.retired_at.map(Text),
        }
    }
}

impl Example for HookTokenBody {
    fn example() -> Self {
        Self {
            id: sample::TOKEN_ID.to_owned(),
            name: "ticketpark".to_owned(),
            created_at: Text(sample::instant(0)),
            last_used_at: Some(Text(sample::instant(60))),
            retired_at: None,
        }
    }
}

impl Example for HookTokenPage {
    fn example() -> Self {
        Self {
            items: vec![HookTokenBody::example()],
            next_cursor: None,
        }
    }
}

impl Example for NewHookToken {
    fn example() -> Self {
        Self {
            name: Text(Plain("ticketpark".to_owned())),
        }
    }
}

impl Example for Retirement {
    fn example() -> Self {
        Self { force: false }
    }
}

impl Example for MadeHookToken {
    fn example() -> Self {
        Self {
            id: sample::TOKEN_ID.to_owned(),
            name: "ticketpark".to_owned(),
            token: "…".to_owned(),
            url: "https://cuebook.example.com/hooks/ticketpark/…".to_owned(),
        }
    }
}
