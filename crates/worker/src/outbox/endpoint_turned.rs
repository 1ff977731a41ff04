//! What is told when an endpoint gets no more messages because of how it answers. The one place to tell people from.

use cuebook_store::EndpointTurned;

use crate::parts::WorkerParts;

/// Tells that an endpoint was paused or disabled. Called once each time, by the process that found out.
pub(super) fn endpoint_turned(parts: &WorkerParts, turned: &EndpointTurned) {
    parts.metrics.endpoint_turned(turned.state);
    tracing::warn!(
        endpoint = %turned.id,
        state = turned.state.as_str(),
        reason = turned.reason,
        "an endpoint gets no more messages; enable it once it answers again"
    );
}
