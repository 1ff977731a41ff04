//! Keys of the API: list, show, make, rotate, revoke. The text of a key is shown once, when it is made.

mod api;
mod operate;
mod view;

pub(crate) use api::KeysApi;
pub(crate) use operate::OperateKeysApi;
