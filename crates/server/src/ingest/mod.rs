//! Receiving webhooks: token, size, bytes, store, answer. Knows nothing of what rules do with them.

mod document;
mod headers;
mod hook;

pub(crate) use document::path_item;
pub(crate) use hook::Hook;
