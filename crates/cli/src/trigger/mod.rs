//! What `cuebook trigger` is made of: the sample, following what comes of it, and the report.

mod follow;
mod report;
mod sample;
mod views;

pub(crate) use follow::follow;
pub(crate) use report::{report, report_run};
pub(crate) use sample::{Assignment, sample};
