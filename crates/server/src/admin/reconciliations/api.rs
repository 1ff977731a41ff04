//! The operations on reconciliations.

use std::sync::Arc;

use cuebook_core::{Chance, Clock, Timestamp};
use cuebook_store::{BeginReconciliation, Begun as Outcome, Operated, Store};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::view::{Begun, ReconciliationBody, ReconciliationPage};
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::sample;
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Allowed, Read, Write};
use crate::problem::{Code, Refusals, Refused, refusals};

refusals! {
    /// `GET /reconciliations`
    ListRefusals = [InvalidParameter];
    /// `GET /reconciliations/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `POST /reconciliations`
    BeginRefusals = [WrongState, InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /reconciliations/{id}/cancel`
    CancelRefusals = [InvalidId, NotFound, WrongState];
}

/// What Ticketpark is to be asked for.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewReconciliation {
    /// Changes from this instant on; from where the look before has ended, where it is left out.
    since: Option<Text<Timestamp>>,
}

/// The operations on reconciliations.
pub(crate) struct ReconciliationsApi {
    /// Where they are.
    pub(crate) store: Store,
    /// When they begin.
    pub(crate) clock: Arc<dyn Clock>,
    /// Their ids.
    pub(crate) chance: Arc<dyn Chance>,
    /// Whether Ticketpark can be asked at all.
    pub(crate) configured: bool,
}

#[OpenApi]
impl ReconciliationsApi {
    /// List reconciliations
    ///
    /// The looks for what never came, newest first: by the clock, and when somebody wanted it.
    #[oai(
        path = "/reconciliations",
        method = "get",
        operation_id = "list_reconciliations",
        tag = "Tag::Events"
    )]
    async fn list_reconciliations(
        &self,
        _key: Allowed<Read>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<ReconciliationPage>, Refused<ListRefusals>> {
        let page = page(limit.0, cursor.0);
        let listed = self.store.list_reconciliations(&page).await?;
        let (items, next_cursor) = shown(listed, ReconciliationBody::new);
        Ok(Json(ReconciliationPage { items, next_cursor }))
    }

    /// Show a reconciliation
    ///
    /// How far it has come, and what it has found.
    #[oai(
        path = "/reconciliations/:id",
        method = "get",
        operation_id = "show_reconciliation",
        tag = "Tag::Events"
    )]
    async fn show_reconciliation(
        &self,
        _key: Allowed<Read>,
        /// The reconciliation's id.
        id: Path<Text<Uuid>>,
    ) -> Result<Json<ReconciliationBody>, Refused<ShowRefusals>> {
        self.shown(id.0.0).await
    }

    /// Ask for what never came
    ///
    /// Asks Ticketpark for the bookings, payments and persons that were changed, and makes the events of which nothing has
    /// told: each with the origin `reconcile`, and never twice for one change. It goes on in the background, also after a
    /// restart. More than 50 within an hour, and what changed before reconciliation was configured, is held: approve or discard these
    /// events. There is one at a time.
    #[oai(
        path = "/reconciliations",
        method = "post",
        operation_id = "begin_reconciliation",
        tag = "Tag::Events"
    )]
    async fn begin_reconciliation(
        &self,
        key: Allowed<Write>,
        /// What is asked for.
        body: Json<NewReconciliation>,
    ) -> Result<Begun, Refused<BeginRefusals>> {
        if !self.configured {
            return Err(Refused::new(
                Code::WrongState,
                "Ticketpark's API is not configured: set `ticketpark.client_key` and `ticketpark.client_secret`",
            ));
        }
        let now = self.clock.now();
        let since = body.0.since.map(|since| since.0);
        if since.is_some_and(|since| since > now) {
            return Err(Refused::new(
                Code::InvalidValue,
                "`since` lies in the future",
            ));
        }
        let request = BeginReconciliation {
            id: self.chance.uuid(now),
            since,
            every: None,
        };
        let store = key.0.store(&self.store);
        let id = match store.begin_reconciliation(request).await? {
            Outcome::Begun(id) => id,
            Outcome::Running(id) => {
                let detail = format!("the reconciliation {id} is still running");
                return Err(Refused::new(Code::WrongState, detail));
            }
            Outcome::NotDue(_) => {
                let detail = "another reconciliation has begun and ended at this moment: try again";
                return Err(Refused::new(Code::WrongState, detail));
            }
        };
        let body = self.shown(id).await?;
        Ok(Begun::Created(
            body,
            format!("/api/v1/reconciliations/{id}"),
        ))
    }

    /// Cancel a reconciliation
    ///
    /// Nothing more is looked at. The events that it has made stay, and what it has not looked at is looked at by the next.
    #[oai(
        path = "/reconciliations/:id/cancel",
        method = "post",
        operation_id = "cancel_reconciliation",
        tag = "Tag::Events"
    )]
    async fn cancel_reconciliation(
        &self,
        key: Allowed<Write>,
        /// The reconciliation's id.
        id: Path<Text<Uuid>>,
    ) -> Result<Json<ReconciliationBody>, Refused<CancelRefusals>> {
        let id = id.0.0;
        let store = key.0.store(&self.store);
        match store.cancel_reconciliation(id).await? {
            Operated::Done => self.shown(id).await,
            Operated::NoSuch => Err(Refused::not_found("reconciliation")),
            Operated::NotIn(state) => {
                let detail = format!("the reconciliation is {state}: it is over already");
                Err(Refused::new(Code::WrongState, detail))
            }
        }
    }
}

impl ReconciliationsApi {
    async fn shown<R: Refusals>(&self, id: Uuid) -> Result<Json<ReconciliationBody>, Refused<R>> {
        let row = self.store.show_reconciliation(id).await?;
        row.map(|row| Json(ReconciliationBody::new(row)))
            .ok_or_else(|| Refused::not_found("reconciliation"))
    }
}

impl Example for NewReconciliation {
    fn example() -> Self {
        Self {
            since: Some(Text(sample::instant(-86_400))),
        }
    }
}
