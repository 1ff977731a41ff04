//! Runs: list, show with steps, logs and effects, retry, restart, cancel.

mod api;
mod operate;
mod operations;
mod parts;
mod shown;
mod view;

pub(crate) use api::RunsApi;
pub(crate) use operate::OperateRunsApi;
pub(crate) use parts::{LogBody, StepBody};
pub(crate) use shown::Room;
