//! Cuebook's loops: they take what is ready, have it done, and write down how it went.
//!
//! - `runs` claims runs and drives each through its script's passes (`drive`),
//! - `outbox` delivers what runs have left to be sent,
//! - `timers` wakes the runs whose time has come,
//! - `replays` makes new events of old ones, where somebody has asked for many,
//! - `privacy` searches for one person's data, to hand it over or to erase it,
//! - `confirm` asks Ticketpark about events before any rule sees them,
//! - `reconcile` asks it for what never came,
//! - `timetables` makes an event of each tick of a rule's timetable,
//! - `alerts` tells operators what is wrong.
//!
//! The loops take no input: the store's wake-ups carry no data, and a poll backs them up. This crate never answers
//! HTTP, knows no SQL and no Rhai, and performs nothing itself: scripts run in `cuebook-rules`, calls and sends are
//! performed by `cuebook-effects`, and every state lies in `cuebook-store`.

mod alerts;
mod asked;
mod back_off;
mod confirm;
mod doubt;
mod drive;
mod in_hand;
mod metrics;
mod outbox;
mod parts;
mod pauses;
mod privacy;
mod programs;
mod rates;
mod reconcile;
mod replays;
mod retention;
mod runs;
mod timers;
mod timetables;
mod worker;

pub use alerts::AlertSettings;
pub use metrics::Metrics;
pub use parts::WorkerParts;
pub use worker::Worker;
