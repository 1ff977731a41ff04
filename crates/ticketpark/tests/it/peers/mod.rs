//! Who the client talks to in these tests, and the clock and store that it is given.

mod pretended;
mod scripted;
mod stores;

pub(crate) use pretended::{PASSWORD, Stage};
pub(crate) use scripted::{Scripted, answer, tokens};
pub(crate) use stores::RecordingStore;
