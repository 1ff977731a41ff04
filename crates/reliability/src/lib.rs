//! A checker that stands outside: it starts the real binary, sends it webhooks, kills it at random moments, and compares
//! what was acknowledged and what arrived with what the API says. Loopback only; it ends nothing but its own child.
//!
//! - `run`: the whole of a check, in its order,
//! - `server`: the child process,
//! - `sender`: the webhooks, and what was answered,
//! - `books`: what the API says at the end,
//! - `verdict`: the comparison,
//! - `sleepers`: another check, of what many sleeping runs cost.
//!
//! This crate must not know how Cuebook works within: it speaks HTTP and SMTP, as everybody outside does. Only the file of
//! the stopped process is opened, to have the database check itself.

mod books;
mod load;
mod plan;
mod random;
mod report;
mod run;
mod sender;
mod server;
mod sleepers;
mod verdict;

pub use plan::Plan;
pub use report::Report;
pub use run::check;
pub use sleepers::{Process, SleepersReport, check_sleepers};
