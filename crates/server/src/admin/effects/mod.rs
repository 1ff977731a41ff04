//! Effects, the rows of the ledger: list, show, the message itself, retry, discard; all of a filter as CSV.

mod api;
mod csv;
mod export;
mod operate;
mod refusals;
mod view;

pub(crate) use api::EffectsApi;
pub(crate) use export::ExportEffectsApi;
pub(crate) use operate::OperateEffectsApi;
pub(crate) use view::{AttemptBody, EffectBody};
