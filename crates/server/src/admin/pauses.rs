//! The stop button: nothing runs and nothing is sent, of one rule or at all. Webhooks are stored all the same.

use cuebook_core::Timestamp;
use cuebook_core::rule::RuleName;
use cuebook_store::{GoesOn, Stop, Stopped, Store, StoreError};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::given::Given;
use super::sample;
use super::tag::Tag;
use super::value::Text;
use crate::auth::{Allowed, Write};
use crate::problem::{Refused, refusals};

refusals! {
    /// `POST /system/pause` and `POST /system/resume`
    PauseRefusals = [InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// What is to be paused or resumed.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct PauseOptions {
    /// Of which rule; of all, where none is named.
    rule: Option<Text<RuleName>>,
    /// Whether only sends are meant, and runs go on.
    #[oai(default)]
    sends: bool,
}

/// What is to be resumed.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct ResumeOptions {
    /// Of which rule; of all, where none is named.
    rule: Option<Text<RuleName>>,
    /// Whether only sends are meant, and runs stay paused.
    #[oai(default)]
    sends: bool,
    /// Whether it is only said what would go on, and nothing is changed.
    #[oai(default)]
    dry_run: bool,
}

/// A pause in force.
#[derive(Debug, Object)]
#[oai(rename = "Pause", example)]
pub(crate) struct PauseBody {
    /// Of which rule; `null` for all.
    rule: Option<String>,
    /// Whether only sends are paused, and runs go on.
    sends_only: bool,
    /// Since when.
    since: Text<Timestamp>,
}

/// What begins at once when everything is resumed.
#[derive(Debug, Object)]
#[oai(rename = "GoesOn", example)]
pub(crate) struct GoesOnBody {
    /// Runs that are ready.
    runs_ready: u64,
    /// Runs whose sleep or wait is over by now.
    runs_overdue: u64,
    /// Sends that are due.
    sends_due: u64,
    /// Those among them that may have gone out before: their outcome is unknown.
    sends_in_doubt: u64,
    /// Rules on a timetable that have missed a tick, which is made up for once.
    ticks_missed: u64,
}

/// What is still paused, and what went on.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct ResumeReport {
    /// The pauses; none where everything runs.
    paused: Vec<PauseBody>,
    /// What was held before, of all rules: what goes on with a resume of everything.
    goes_on: GoesOnBody,
}

/// All pauses in force.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct PauseList {
    /// The pauses; none where everything runs.
    paused: Vec<PauseBody>,
}

/// The operations of the stop button.
pub(crate) struct PausesApi(pub(crate) Store);

#[OpenApi]
impl PausesApi {
    /// Pause
    ///
    /// Nothing begins to run or is sent from now on, also after a restart; webhooks are stored. What is in hand goes on to
    /// the end of its segment. With `rule`, of that rule alone; with `sends`, only sends are held.
    #[oai(
        path = "/system/pause",
        method = "post",
        operation_id = "pause_system",
        tag = "Tag::System"
    )]
    async fn pause_system(
        &self,
        key: Allowed<Write>,
        /// What is to be paused.
        body: Given<PauseOptions>,
    ) -> Result<Json<PauseList>, Refused<PauseRefusals>> {
        let PauseOptions { rule, sends } = body.0;
        let what = if sends {
            Stopped::Sends
        } else {
            Stopped::Everything
        };
        let store = key.0.store(&self.0);
        store.stop(rule.map(|rule| rule.0), what).await?;
        Ok(Json(list(&self.0).await?))
    }

    /// Resume
    ///
    /// What was paused goes on. Without `rule` the pauses of all are lifted, and those of single rules stay; with `sends`
    /// only a pause of sends is lifted. The answer lists what is still paused, and counts what was held; `dry_run` only
    /// counts it. A database that was restored or copied starts paused: look before you resume.
    #[oai(
        path = "/system/resume",
        method = "post",
        operation_id = "resume_system",
        tag = "Tag::System"
    )]
    async fn resume_system(
        &self,
        key: Allowed<Write>,
        /// What is to be resumed.
        body: Given<ResumeOptions>,
    ) -> Result<Json<ResumeReport>, Refused<PauseRefusals>> {
        let ResumeOptions {
            rule,
            sends,
            dry_run,
        } = body.0;
        let rule = rule.map(|rule| rule.0);
        let goes_on = GoesOnBody::from(self.0.goes_on().await?);
        if dry_run {
            key.0.changed_nothing();
        } else {
            let store = key.0.store(&self.0);
            store.start(rule.clone(), Stopped::Sends).await?;
            if !sends {
                store.start(rule, Stopped::Everything).await?;
            }
        }
        Ok(Json(ResumeReport {
            paused: paused(&self.0).await?,
            goes_on,
        }))
    }
}

async fn list(store: &Store) -> Result<PauseList, StoreError> {
    Ok(PauseList {
        paused: paused(store).await?,
    })
}

/// The pauses in force.
pub(crate) async fn paused(store: &Store) -> Result<Vec<PauseBody>, StoreError> {
    let stops = store.stops().await?;
    Ok(stops.into_iter().filter_map(PauseBody::new).collect())
}

impl PauseBody {
    fn new(stop: Stop) -> Option<Self> {
        let sends_only = match stop.what {
            Stopped::Everything => false,
            Stopped::Sends => true,
            Stopped::NewRuns => return None,
        };
        Some(Self {
            rule: stop.rule.map(|rule| rule.to_string()),
            sends_only,
            since: Text(stop.since),
        })
    }
}

impl From<GoesOn> for GoesOnBody {
    fn from(found: GoesOn) -> Self {
        Self {
            runs_ready: found.runs_ready,
            runs_overdue: found.runs_overdue,
            sends_due: found.sends_due,
            sends_in_doubt: found.sends_in_doubt,
            ticks_missed: found.ticks_missed,
        }
    }
}

impl Example for ResumeOptions {
    fn example() -> Self {
        Self {
            rule: None,
            sends: false,
            dry_run: true,
        }
    }
}

impl Example for GoesOnBody {
    fn example() -> Self {
        Self::from(GoesOn {
            runs_ready: 2,
            runs_overdue: 12,
            sends_due: 3,
            sends_in_doubt: 3,
            ticks_missed: 1,
        })
    }
}

impl Example for ResumeReport {
    fn example() -> Self {
        Self {
            paused: Vec::new(),
            goes_on: GoesOnBody::example(),
        }
    }
}

impl Example for PauseOptions {
    fn example() -> Self {
        Self {
            rule: "new-booking/thank-you".parse().ok().map(Text),
            sends: false,
        }
    }
}

impl Example for PauseBody {
    fn example() -> Self {
        Self {
            rule: Some("new-booking/thank-you".to_owned()),
            sends_only: false,
            since: Text(sample::instant(0)),
        }
    }
}

impl Example for PauseList {
    fn example() -> Self {
        Self {
            paused: vec![PauseBody::example()],
        }
    }
}
