//! The ids and instants of the examples in the OpenAPI document: always the same, so that the document is.

use cuebook_core::{EffectId, EndpointId, EventId, RunId, Timestamp};
use uuid::Uuid;

/// The moment of the examples, in seconds since 1970.
const MOMENT: i64 = 1_773_513_000;

/// The example's key.
pub(crate) const KEY_ID: &str = "4be19c136a0d8f22";
/// The example's hook token.
pub(crate) const TOKEN_ID: &str = "9a3d9f0c6b2e7b2a";

/// The example's entry of the audit log.
pub(crate) fn audit_id() -> Uuid {
    Uuid::from_u128(0x0195_f3a0_7c22_7d01_8f22_6a0d_4be1_9c14)
}

/// The example's event.
pub(crate) fn event_id() -> EventId {
    EventId(Uuid::from_u128(0x0195_f3a0_7c1e_7b2a_9a51_3d9f_0c6b_2e11))
}

/// The example's run.
pub(crate) fn run_id() -> RunId {
    RunId(Uuid::from_u128(0x0195_f3a0_7c1e_7b2a_9a51_3d9f_0c6b_2e12))
}

/// The example's effect.
pub(crate) fn effect_id() -> EffectId {
    EffectId(Uuid::from_u128(0x0195_f3a0_7c1f_7c01_8f22_6a0d_4be1_9c13))
}

/// The example's endpoint.
pub(crate) fn endpoint_id() -> EndpointId {
    EndpointId(Uuid::from_u128(0x0195_f3a0_7c20_7b1d_8c33_5e2a_9d07_4f61))
}

/// Where the example's endpoint is.
pub(crate) const ENDPOINT_URL: &str = "https://crm.example.com/hooks/tickets";

/// The example's moment, and `seconds` after it.
pub(crate) fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(MOMENT + seconds, 0).unwrap_or_default()
}
