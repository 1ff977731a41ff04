//! Sets of rules.

/// A set of rules.
#[derive(Debug)]
pub struct RuleSet;
/// One rule.
#[derive(Debug)]
pub struct Rule;
/// The active set.
#[derive(Debug)]
pub struct ActiveRules;
