//! The operation that tries a rule.

use std::sync::Arc;

use cuebook_core::chance::CountedChance;
use cuebook_core::event::Event;
use cuebook_core::{Clock, EventId, limits};
use cuebook_rules::{ActiveRules, Engine, EngineError, RuleFiles, on_big_stack};
use cuebook_store::{PastRun, Store};
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::play::{Tried, play};
use super::request::DryRun;
use super::view::DryRunAnswer;
use crate::admin::seats::Seats;
use crate::admin::tag::Tag;
use crate::auth::{Allowed, Masking, Read};
use crate::problem::{Code, Refused, refusals};
use crate::readable::Readable;

refusals! {
    /// `POST /rules/dry-run`
    DryRunRefusals = [InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType, PersonalData, NotFound];
}

/// Tries rules.
pub(crate) struct DryRunApi {
    /// Runs them. It knows no secrets: what a script makes of one would be shown.
    pub(crate) engine: Result<Engine, EngineError>,
    /// Where stored events are.
    pub(crate) store: Store,
    /// Those in force.
    pub(crate) rules: Arc<ActiveRules>,
    /// When an event that is made up comes.
    pub(crate) clock: Arc<dyn Clock>,
    /// Tells effects.
    pub(crate) readable: Readable,
    /// The checks and dry runs that may be under way at the same time.
    pub(crate) seats: Seats,
}

#[OpenApi]
impl DryRunApi {
    /// Try a rule
    ///
    /// Runs a rule in force, or a source, on an event, and performs nothing. Answers come from the request, and for a stored
    /// event from the journal of its run. A write is taken to be accepted, and a secret stands for the text `secret`. Waits
    /// pass at once. On a stored event it needs the scope `personal`.
    #[oai(
        path = "/rules/dry-run",
        method = "post",
        operation_id = "dry_run_rule",
        tag = "Tag::Rules"
    )]
    async fn dry_run_rule(
        &self,
        key: Allowed<Read>,
        /// The rule, the event, and the answers.
        body: Json<DryRun>,
    ) -> Result<Json<DryRunAnswer>, Refused<DryRunRefusals>> {
        let (masking, request) = (key.0.masking(), body.0);
        if masking == Masking::On && request.event.id.is_some() {
            // A script can write an address so that no mask finds it, and shows whole mails.
            return Err(Refused::new(
                Code::PersonalData,
                "to try a rule on a stored event needs the scope `personal`",
            ));
        }
        let invalid = |detail: String| Refused::new(Code::InvalidValue, detail);
        let failed = || Refused::new(Code::Internal, "the dry run failed");
        let engine = self.engine.as_ref().map_err(|_| failed())?.clone();
        let (event, past) = self.event(&request).await?;
        let chance = CountedChance::default();
        let tried = Tried {
            later: request.later(&chance, self.clock.now()).map_err(invalid)?,
            given: request.given(&engine).map_err(invalid)?,
            event: Arc::new(event),
            past,
        };
        let files = self.files(&request);
        let files = files.ok_or_else(|| Refused::not_found("rule"))?;
        let readable = self.readable;
        let working = self.seats.work(move || {
            on_big_stack(|| answer(&engine, &request, &files, tried, readable, masking))
        });
        match working.await {
            Some(Ok(answer)) => Ok(Json(answer)),
            _ => Err(failed()),
        }
    }
}

impl DryRunApi {
    /// The event, and its run of the rule where it is a stored one.
    async fn event(
        &self,
        request: &DryRun,
    ) -> Result<(Event, Option<PastRun>), Refused<DryRunRefusals>> {
        let Some(id) = &request.event.id else {
            let event = request
                .event
                .made(&CountedChance::default(), self.clock.now())
                .map_err(|detail| Refused::new(Code::InvalidValue, detail))?;
            return Ok((event, None));
        };
        if request.event.event_type.is_some() || request.event.payload.is_some() {
            return Err(Refused::new(
                Code::InvalidValue,
                "`event` has an `id`, so it takes no `type` and no `payload`",
            ));
        }
        let id: EventId = id.0;
        let event = self.store.event(id).await?;
        let event = event.ok_or_else(|| Refused::not_found("event"))?;
        let past = self.store.past_run(id, &request.rule.0).await?;
        Ok((event, past))
    }

    /// The files of the rule, with the libraries and templates in force; `None` where there is no such rule.
    fn files(&self, request: &DryRun) -> Option<RuleFiles> {
        let set = self.rules.load();
        let path = format!("{}.rhai", request.rule.0);
        let mut files = set.files.clone();
        let source = match &request.source {
            Some(source) => {
                let mut source = source.0.0.clone().into_bytes();
                // One byte beyond the limit is enough for the checker to say that it is too long.
                source.truncate(limits::SOURCE + 1);
                source
            }
            None => files.0.remove(&path)?,
        };
        files
            .0
            .retain(|path, _| path.starts_with("lib/") || path.starts_with("templates/"));
        files.0.insert(path, source);
        Some(files)
    }
}

fn answer(
    engine: &Engine,
    request: &DryRun,
    files: &RuleFiles,
    tried: Tried,
    readable: Readable,
    masking: Masking,
) -> DryRunAnswer {
    let checked = engine.check(files);
    let rule = checked
        .set
        .as_ref()
        .and_then(|set| set.rules.get(&request.rule.0));
    match rule {
        Some(rule) => {
            let run = play(engine, rule, tried);
            DryRunAnswer::of(&run, &checked.diagnostics, readable, masking)
        }
        None => DryRunAnswer::refused(&checked.diagnostics, masking),
    }
}
