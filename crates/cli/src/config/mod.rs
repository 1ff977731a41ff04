//! Configuration: `cuebook.toml`, overridden by the environment. One table of settings; reading, `--print-config` and
//! the reference page follow from it.

mod address;
mod alerts;
mod asking;
mod environment;
mod error;
mod file;
mod gather;
mod print;
mod reference;
mod roles;
mod setting;
mod suggest;
mod table;
mod values;

pub(crate) use alerts::Alerts;
pub(crate) use asking::Asking;
pub(crate) use environment::Environment;
pub(crate) use error::ConfigError;
pub(crate) use gather::{Gathered, read_secret};
pub(crate) use print::print;
pub(crate) use reference::page;
pub(crate) use roles::{Role, RulesSource};
pub(crate) use suggest::nearest;
pub(crate) use table::{SCRIPT_SECRET, is_secret, shown};
pub(crate) use values::{Config, EffectsMode, LogFormat, Smtp, Ticketpark};
