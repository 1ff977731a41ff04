//! The id of a request: in its answer as `X-Request-Id`, in the log and in the audit log.

use poem::http::HeaderName;
use uuid::Uuid;

/// The header that tells it.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request. It is always our own: what a client writes does not reach the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(pub(crate) Uuid);
