//! `cuebook test`: finds the tests, runs them, and says what became of them.

mod brief;
mod failure;
mod from_run;
mod json;
mod once;
mod report;
mod tested;
mod watch;

pub(crate) use brief::brief;
pub(crate) use from_run::from_run;
pub(crate) use once::once;
pub(crate) use watch::watch;
