//! The operations on replays.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::replay::{Replay, ReplayState, ReplayVersion};
use cuebook_core::{Chance, Clock, ReplayId};
use cuebook_rules::ActiveRules;
use cuebook_store::{Operated, Store};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::request::{EffectsWanted, NewReplay};
use super::view::{Begun, ReplayBody, ReplayCount, ReplayPage};
use crate::admin::given::Given;
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Allowed, Masking, Read, Write};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `GET /replays`
    ListRefusals = [InvalidParameter];
    /// `GET /replays/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `POST /replays`
    BeginRefusals = [WrongState, InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /replays/{id}/cancel`
    CancelRefusals = [InvalidId, NotFound, WrongState, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// Why a replay is ended.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct ReplayCancellation {
    /// Why, for whoever looks at it later. Mail addresses in it are hidden.
    reason: Option<Text<Plain>>,
}

/// The operations on replays.
pub(crate) struct ReplaysApi {
    /// Where they are.
    pub(crate) store: Store,
    /// Through which they go.
    pub(crate) rules: Arc<ActiveRules>,
    /// When they begin.
    pub(crate) clock: Arc<dyn Clock>,
    /// Their ids.
    pub(crate) chance: Arc<dyn Chance>,
}

#[OpenApi]
impl ReplaysApi {
    /// List replays
    ///
    /// The replays of many events, newest first.
    #[oai(
        path = "/replays",
        method = "get",
        operation_id = "list_replays",
        tag = "Tag::Events"
    )]
    async fn list_replays(
        &self,
        key: Allowed<Read>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<ReplayPage>, Refused<ListRefusals>> {
        let listed = self.store.list_replays(&page(limit.0, cursor.0)).await?;
        let masking = key.0.masking();
        let none = BTreeMap::new();
        let (items, next_cursor) = shown(listed, |replay| ReplayBody::new(replay, &none, masking));
        Ok(Json(ReplayPage { items, next_cursor }))
    }

    /// Show a replay
    ///
    /// How far it is, and what has become of its runs.
    #[oai(
        path = "/replays/:id",
        method = "get",
        operation_id = "show_replay",
        tag = "Tag::Events"
    )]
    async fn show_replay(
        &self,
        key: Allowed<Read>,
        /// The replay's id.
        id: Path<Text<ReplayId>>,
    ) -> Result<Json<ReplayBody>, Refused<ShowRefusals>> {
        let replay = self.store.replay(id.0.0).await?;
        let replay = replay.ok_or_else(|| Refused::not_found("replay"))?;
        let runs = self.store.replay_runs(id.0.0).await?;
        Ok(Json(ReplayBody::new(replay, &runs, key.0.masking())))
    }

    /// Replay many events
    ///
    /// Accepts the events once more, oldest first, each as a new event with the origin `replay`. It goes on in the
    /// background, also after a restart, and takes no event twice. Unless `effects` is `perform`, writes and sends are recorded
    /// as `captured` and none is performed. With `dry_run` the events are counted, and nothing else is done.
    #[oai(
        path = "/replays",
        method = "post",
        operation_id = "begin_replay",
        tag = "Tag::Events"
    )]
    async fn begin_replay(
        &self,
        key: Allowed<Write>,
        /// What is to be replayed, and how.
        body: Json<NewReplay>,
    ) -> Result<Begun, Refused<BeginRefusals>> {
        let mut wanted = body.0;
        let masking = key.0.masking();
        let of = wanted
            .selection(key.0.search_in())
            .map_err(|detail| Refused::new(Code::InvalidValue, detail))?;
        let version = ReplayVersion::from(wanted.version);
        let rule = wanted.rule.map(|rule| rule.0);
        if let (Some(rule), ReplayVersion::Newest) = (&rule, version)
            && !self.rules.load().rules.contains_key(rule)
        {
            let detail = format!("no rule {rule} is in force");
            return Err(Refused::new(Code::WrongState, detail));
        }
        let (total, newest) = self.store.count_replay(&of).await?;
        if wanted.dry_run {
            key.0.changed_nothing();
            return Ok(Begun::Counted(Json(ReplayCount::new(total))));
        }
        let now = self.clock.now();
        let replay = Replay {
            id: ReplayId(self.chance.uuid(now)),
            state: ReplayState::Running,
            ended_because: None,
            of,
            rule,
            version,
            perform: wanted.effects == EffectsWanted::Perform,
            reason: wanted
                .reason
                .map(|Text(Plain(reason))| Masking::On.text(reason)),
            key_id: key.0.key_id.clone(),
            total,
            replayed: 0,
            skipped: 0,
            created_at: now,
            ended_at: None,
            position: None,
            newest,
        };
        if let Some(reason) = &replay.reason {
            key.0.because(reason);
        }
        let location = format!("/api/v1/replays/{}", replay.id);
        key.0
            .store(&self.store)
            .begin_replay(replay.clone())
            .await?;
        let body = ReplayBody::new(replay, &BTreeMap::new(), masking);
        Ok(Begun::Created(Json(body), location))
    }

    /// Cancel a replay
    ///
    /// Nothing more is replayed. What was replayed already runs on.
    #[oai(
        path = "/replays/:id/cancel",
        method = "post",
        operation_id = "cancel_replay",
        tag = "Tag::Events"
    )]
    async fn cancel_replay(
        &self,
        key: Allowed<Write>,
        /// The replay's id.
        id: Path<Text<ReplayId>>,
        /// Why.
        body: Given<ReplayCancellation>,
    ) -> Result<Json<ReplayBody>, Refused<CancelRefusals>> {
        let id = id.0.0;
        let reason = body.0.reason;
        let reason = reason.map(|Text(Plain(reason))| Masking::On.text(reason));
        if let Some(reason) = &reason {
            key.0.because(reason);
        }
        match key.0.store(&self.store).cancel_replay(id, reason).await? {
            Operated::Done => {}
            Operated::NoSuch => return Err(Refused::not_found("replay")),
            Operated::NotIn(state) => {
                let detail = format!("the replay is {}: it is over already", state.as_str());
                return Err(Refused::new(Code::WrongState, detail));
            }
        }
        let replay = self.store.replay(id).await?;
        let replay = replay.ok_or_else(|| Refused::not_found("replay"))?;
        let runs = self.store.replay_runs(id).await?;
        Ok(Json(ReplayBody::new(replay, &runs, key.0.masking())))
    }
}

impl Example for ReplayCancellation {
    fn example() -> Self {
        Self {
            reason: Some(Text(Plain("enough of them were answered".to_owned()))),
        }
    }
}
