//! For whoever runs Cuebook: is it alive, is it ready, what do its numbers say, where is what.

mod alive;
mod landing;
mod numbers;
mod ready;

pub(crate) use alive::Alive;
pub(crate) use landing::Landing;
pub(crate) use numbers::Numbers;
pub(crate) use ready::Ready;
