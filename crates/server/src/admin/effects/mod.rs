//! Effects, the rows of the ledger: list, show, the message itself, retry, discard.

mod api;
mod operate;
mod refusals;
mod view;

pub(crate) use api::EffectsApi;
pub(crate) use operate::OperateEffectsApi;
pub(crate) use view::EffectBody;
