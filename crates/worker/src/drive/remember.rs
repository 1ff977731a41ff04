//! What rules remember, between a script and the store: reads are answered from the database in place, changes are handed
//! to the end of the segment.

use cuebook_core::journal::{CallRequest, StepAnswer};
use cuebook_core::remembering::{StateRead, Whose};

use super::passes::Drive;
use super::run::LetGo;
use crate::back_off::until_available;

impl Drive<'_> {
    /// The answer to a call that the store has; `None` where the call goes outside.
    pub(super) async fn remembered(&self, call: &CallRequest) -> Result<Option<StepAnswer>, LetGo> {
        let Some(read) = StateRead::of(self.whose(), call) else {
            return Ok(None);
        };
        let value = until_available(|| self.shared.parts.store.read_state(&read.key)).await?;
        Ok(Some(read.answer(value)))
    }

    /// Where the run stands among what rules remember.
    pub(super) fn whose(&self) -> Whose<'_> {
        Whose {
            account: &self.run.account,
            rule: &self.run.rule,
            event: &self.event,
        }
    }
}
