//! One person's data: found and handed over (`exports`), or erased (`erasures`). What is found is the worker's business.

mod data;
mod erasures;
mod exports;
mod request;
mod value;
mod view;

pub(crate) use erasures::ErasuresApi;
pub(crate) use exports::ExportsApi;
