//! `once`: a key is claimed in a commit of its own, with all that the run has gathered before.

use cuebook_core::Timestamp;
use cuebook_core::remembering::KeyWanted;
use cuebook_store::KeyClaim;

use super::open_calls::OpenCall;
use super::passes::Drive;
use super::run::LetGo;
use crate::back_off::until_available;

impl Drive<'_> {
    /// Claims the key that `call` asks for; its answer stands in the journal then. Says whether it was such a call.
    pub(super) async fn claim_key(
        &mut self,
        call: &OpenCall,
        now: Timestamp,
    ) -> Result<bool, LetGo> {
        let Some(wanted) = KeyWanted::of(&call.request, now) else {
            return Ok(false);
        };
        let claim = KeyClaim {
            account: self.run.account.clone(),
            rule: self.run.rule.clone(),
            captured: self.event.capture,
            key: wanted.key,
            until: wanted.until,
            step: call.intent(),
        };
        let checkpoint = self.checkpoint();
        let store = &self.shared.parts.store;
        let step = until_available(|| store.claim_key(checkpoint.clone(), claim.clone())).await?;
        self.journaled(&step);
        Ok(true)
    }
}
