//! `POST /email/send`: Ticketpark's own confirmation mail. None is sent from here.

use serde_json::Value as Json;

use super::endpoint::State;
use super::reply::Reply;
use crate::collection::Collection;
use crate::world::{Standing, linked_pid};

/// Takes `{"booking": pid, "type": "confirmation"}`.
pub(crate) fn send(state: &State, body: Option<&Json>) -> Reply {
    let booking = body.and_then(|body| linked_pid(body.get("booking")?));
    let kind = body.and_then(|body| body.get("type")?.as_str());
    let (Some(booking), Some("confirmation")) = (booking, kind) else {
        return Reply::status(409);
    };
    match state.world.standing(Collection::Bookings, &booking) {
        Standing::Known => Reply::status(202),
        hidden => Reply::hidden(hidden),
    }
}
