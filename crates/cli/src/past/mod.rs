//! What a past run was answered, for runs that are rehearsed: the dry run of a stored event and the backtest.

mod database;
mod live_reads;
mod since;

pub(crate) use database::{Database, open};
pub(crate) use live_reads::LiveReads;
pub(crate) use since::Moment;
