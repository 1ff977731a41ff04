//! The OpenAPI document and the page that shows it. Everything comes out of the binary.

mod build;
mod describe;
mod inputs;
mod manners;
mod messages;
mod operator;
mod pages;
mod yaml;

pub use build::openapi_document;
pub(crate) use pages::{Asset, Documents};
