//! The commands: one file each, holding the argument struct (whose doc is the help) and the function that does it.

pub(crate) mod audit;
pub(crate) mod backtest;
pub(crate) mod check;
pub(crate) mod definitions;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod effects;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod migrate;
pub(crate) mod new;
pub(crate) mod openapi;
pub(crate) mod pause;
pub(crate) mod reference;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod secrets;
pub(crate) mod serve;
pub(crate) mod test;
pub(crate) mod tokens;
pub(crate) mod trigger;
