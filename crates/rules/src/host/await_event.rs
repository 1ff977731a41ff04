//! Waiting for an event. Whether it came is the store's to say: it answers the step when it has one, also before the run
//! began to wait. Here a wait is answered only once it was handed over and its deadline is past: then nothing came.

use cuebook_core::Timestamp;
use cuebook_core::value::Value;

use super::run::Host;
use super::step::{Reply, Step};
use super::stop::Stop;
use crate::functions::host::wait_for::{deadline, wanted};

impl Host {
    /// Waits for an event; `journaled` is the deadline of a wait that was handed over before.
    pub(super) fn await_event(&mut self, step: Step<'_>, journaled: Option<Timestamp>) -> Reply {
        if let Err(error) = self.refuse_in_parallel(&step) {
            return Reply::Answer(Err(error));
        }
        let now = self.input.now;
        if journaled.is_some_and(|deadline| deadline <= now) {
            let mut record = self.record(step, Some(Ok(Value::Unit)));
            record.wake_at = journaled;
            self.steps.push(record);
            return Reply::Answer(Ok(Value::Unit));
        }
        let wait = journaled
            .map_or_else(|| deadline(now, &step.arguments), Ok)
            .and_then(|deadline| wanted(&step.arguments, &self.input.event, deadline));
        match wait {
            Err(error) => Reply::Answer(Err(error)),
            Ok(wait) => {
                let mut record = self.record(step, None);
                record.wake_at = Some(wait.deadline);
                Reply::Stop(Stop::Awaiting(Box::new((record, wait))))
            }
        }
    }
}
