//! What `cuebook trigger` is made of: the sample, following what comes of it, and the report.

mod follow;
mod report;
mod sample;
mod views;
mod watch;

pub(crate) use follow::{Followed, follow, inject};
pub(crate) use report::{report, report_run};
pub(crate) use sample::{Assignment, payload, sample};
pub(crate) use watch::watch;
