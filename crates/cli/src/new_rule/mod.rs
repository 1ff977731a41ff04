//! What `cuebook new` is made of: the templates, and writing what comes of one.

mod template;
mod write;

pub(crate) use template::NewRule;
pub(crate) use write::write;
