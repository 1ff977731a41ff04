//! Cuebook's loops: they take what is ready, have it done, and write down how it went.
//!
//! - `runs` claims runs and drives each through its script's passes (`drive`),
//! - `outbox` delivers what runs have left to be sent,
//! - `timers` wakes the runs whose time has come,
//! - `timetables` makes an event of each tick of a rule's timetable.
//!
//! The loops take no input: the store's wake-ups carry no data, and a poll backs them up. This crate never answers
//! HTTP, knows no SQL and no Rhai, and performs nothing itself: scripts run in `cuebook-rules`, calls and sends are
//! performed by `cuebook-effects`, and every state lies in `cuebook-store`.

mod back_off;
mod doubt;
mod drive;
mod in_hand;
mod metrics;
mod outbox;
mod parts;
mod pauses;
mod programs;
mod rates;
mod runs;
mod timers;
mod timetables;
mod worker;

pub use metrics::Metrics;
pub use parts::WorkerParts;
pub use worker::Worker;
