//! Rules: list, show, check, enable, disable.

mod api;
mod check;
mod operate;
mod view;

pub(crate) use api::{CHECKS, RulesApi};
pub(crate) use operate::{OperateRulesApi, rule_name};
pub(crate) use view::DiagnosticBody;
