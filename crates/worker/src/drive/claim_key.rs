//! `once`: a key is claimed in a commit of its own, with all that the run has gathered before.

use chrono::TimeDelta;
use cuebook_core::{Timestamp, Value};
use cuebook_store::KeyClaim;

use super::open_calls::OpenCall;
use super::passes::Drive;
use super::run::LetGo;
use crate::back_off::until_available;

/// The function that claims.
const ONCE: &str = "once";

impl Drive<'_> {
    /// Claims the key that `call` asks for; its answer stands in the journal then. Says whether it was such a call.
    pub(super) async fn claim_key(
        &mut self,
        call: &OpenCall,
        now: Timestamp,
    ) -> Result<bool, LetGo> {
        if call.request.question.function != ONCE {
            return Ok(false);
        }
        let arguments = &call.request.arguments;
        let key = arguments.first().and_then(Value::as_text);
        let seconds = arguments.get(2).and_then(Value::as_int);
        let claim = KeyClaim {
            account: self.run.account.clone(),
            rule: self.run.rule.clone(),
            captured: self.event.capture,
            key: key.unwrap_or_default().to_owned(),
            until: seconds
                .and_then(TimeDelta::try_seconds)
                .and_then(|length| now.checked_add_signed(length)),
            step: call.intent(),
        };
        let checkpoint = self.checkpoint();
        let store = &self.shared.parts.store;
        let step = until_available(|| store.claim_key(checkpoint.clone(), claim.clone())).await?;
        self.journaled(&step);
        Ok(true)
    }
}
