//! Rule sets that are deployed into the database, and the history of sets and of single rules.

mod api;
mod deploy;
mod difference;
mod hash;
mod versions;
mod view;

pub(crate) use api::RuleSetsApi;
pub(crate) use deploy::Checker as RuleSetChecker;
pub(crate) use hash::Hash;
pub(crate) use versions::RuleVersionsApi;
