//! What the operations of operators on runs are given and answer.

use cuebook_core::RunId;
use cuebook_core::effect::Effect;
use cuebook_core::run::{Run, RunState};
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::effects::EffectBody;
use crate::admin::sample;
use crate::admin::value::{Plain, Text};
use crate::auth::Masking;

/// How a run is tried again.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct RunRetry {
    /// Whether on the newest version of its rule, instead of the one that it is pinned to.
    #[oai(default)]
    pub(crate) latest: bool,
}

/// How a run begins anew.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct RunRestart {
    /// Whether only the effects done before are listed, and nothing is changed.
    #[oai(default)]
    pub(crate) dry_run: bool,
}

/// How a run is ended.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct RunCancellation {
    /// Why, for whoever looks at it later.
    pub(crate) reason: Option<Text<Plain>>,
}

/// A run that an operator has decided about.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct OperatedRun {
    /// Its id.
    id: Text<RunId>,
    /// Its rule.
    rule: String,
    /// Where it stands now.
    state: Text<RunState>,
    /// Why.
    reason: Option<String>,
}

/// A run that begins anew, or would.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct RestartedRun {
    /// Its id.
    id: Text<RunId>,
    /// Its rule.
    rule: String,
    /// Where it stands now.
    state: Text<RunState>,
    /// Whether nothing was changed.
    dry_run: bool,
    /// What it did outside before, may have done, or has on its way: all of it may be done again.
    effects_done: Vec<EffectBody>,
}

impl OperatedRun {
    /// The run in its new state.
    pub(crate) fn new(run: &Run, state: RunState, reason: Option<String>) -> Self {
        Self {
            id: Text(run.id),
            rule: run.rule.to_string(),
            state: Text(state),
            reason,
        }
    }
}

impl RestartedRun {
    /// The run with what it has done.
    pub(crate) fn new(
        run: OperatedRun,
        dry_run: bool,
        done: Vec<Effect>,
        masking: Masking,
    ) -> Self {
        Self {
            id: run.id,
            rule: run.rule,
            state: run.state,
            dry_run,
            effects_done: done
                .into_iter()
                .map(|effect| EffectBody::new(effect, masking))
                .collect(),
        }
    }
}

impl Example for RunRetry {
    fn example() -> Self {
        Self { latest: true }
    }
}

impl Example for RunRestart {
    fn example() -> Self {
        Self { dry_run: true }
    }
}

impl Example for RunCancellation {
    fn example() -> Self {
        Self {
            reason: Some(Text(Plain("the event was a test".to_owned()))),
        }
    }
}

impl Example for OperatedRun {
    fn example() -> Self {
        Self {
            id: Text(sample::run_id()),
            rule: "new-booking/thank-you".to_owned(),
            state: Text(RunState::Ready),
            reason: None,
        }
    }
}

impl Example for RestartedRun {
    fn example() -> Self {
        Self {
            id: Text(sample::run_id()),
            rule: "new-booking/thank-you".to_owned(),
            state: Text(RunState::Failed),
            dry_run: true,
            effects_done: vec![EffectBody::example()],
        }
    }
}
