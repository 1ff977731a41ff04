//! `rate`: a send whose rule or endpoint has its share is given back until its turn. Until then no attempt counts.

use cuebook_core::Timestamp;
use cuebook_store::ClaimedSend;

use super::attempt::delivery;
use crate::worker::Shared;

/// When it is the send's turn, by the rate of its rule or endpoint as it is now; `None` for at once.
pub(super) fn turn(shared: &Shared, send: &ClaimedSend) -> Option<Timestamp> {
    let parts = &shared.parts;
    let now = parts.clock.now();
    if let Some(endpoint) = send.endpoint {
        let rate = parts
            .store
            .destinations()
            .destination(endpoint, now)?
            .rate?;
        let endpoint = endpoint.to_string();
        return shared.rates.turn(&endpoint, "", rate, &send.key, now);
    }
    let rule = send.rule.as_ref()?;
    let rate = parts.rules.load().rules.get(rule)?.options.rate?;
    let host = parts.effects.host_of_send(&delivery(send))?;
    shared
        .rates
        .turn(rule.as_str(), &host, rate, &send.key, now)
}
