//! From the map that a script gives to `email::send` to the bytes of its mails.
//!
//! ```text
//! fields     the map, checked: who, to whom, what
//! content    subject, text and HTML, from the map or from a template
//! mime       the bytes, built once
//! ```

mod address;
mod attachment;
mod content;
mod entities;
mod fields;
mod mime;
mod plain_text;

pub(crate) use content::Content;
pub(crate) use fields::{Fields, OPTIONS};
pub(crate) use mime::{Envelope, Mail};

/// The sender of mails that are only captured, for an installation that has no `smtp.url` and no `smtp.from` yet.
pub const CAPTURED_SENDER: &str = "Cuebook <cuebook@localhost>";
