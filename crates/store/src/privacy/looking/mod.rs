//! Whether a text names somebody who is searched for, however it is written: as JSON, within JSON, in a mail's encodings,
//! in a URL.
//!
//! `candidates` takes the words of a text that could be a pid or a mail address; their hashes are compared (`matcher`).
//! `views` undoes encodings, layer by layer. `document` knows JSON: which field a pid stands in, and whose booking a record
//! shows. `others` takes out of a document what is about somebody else.

mod base64;
mod candidates;
mod document;
mod matcher;
mod others;
mod views;

pub(super) use matcher::{Matcher, Seen};
