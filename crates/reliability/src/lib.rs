//! A checker that stands outside: it starts the real binary, sends it webhooks, kills it at random moments, and compares
//! what was acknowledged and what arrived with what the API says. Loopback only; it ends nothing but its own child.
//!
//! - `run`: the whole of a check, in its order,
//! - `server`: the child process,
//! - `sender`: the webhooks, and what was answered,
//! - `books`: what the API says at the end,
//! - `verdict`: the comparison,
//! - `closing`: what arrived, and what the database of the stopped process says of itself,
//! - `sleepers`: another check, of what many sleeping runs cost,
//! - `clients`: another check, of what slow and idle clients cost others,
//! - `postgres`: checks with two nodes, of which one dies, and with a database that does.
//!
//! This crate must not know how Cuebook works within: it speaks HTTP and SMTP, as everybody outside does. Only the database of
//! the stopped process is opened, to have it check itself.

mod books;
#[cfg(unix)]
mod clients;
mod closing;
mod load;
mod plan;
#[cfg(unix)]
mod postgres;
mod random;
mod report;
mod run;
mod sender;
mod server;
mod sleepers;
mod verdict;

#[cfg(unix)]
pub use clients::{ClientsPlan, ClientsReport, Phase, check_clients};
pub use plan::Plan;
#[cfg(unix)]
pub use postgres::{
    OutagePlan, OutageReport, TakeoverPlan, TakeoverReport, check_outages, check_takeovers,
};
pub use report::Report;
pub use run::check;
pub use sleepers::{Process, SleepersReport, check_sleepers};
