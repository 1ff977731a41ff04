//! Effects, the rows of the ledger: list, show, the message itself.

mod api;
mod refusals;
mod view;

pub(crate) use api::EffectsApi;
pub(crate) use view::EffectBody;
