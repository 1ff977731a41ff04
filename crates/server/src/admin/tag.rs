//! The chapters of the API's documentation.

use poem_openapi::Tags;

/// A chapter of the documentation.
#[derive(Tags)]
pub(crate) enum Tag {
    /// What came, byte for byte, and what became of it.
    Events,
    /// One event through one rule: its steps, logs and effects.
    Runs,
    /// The ledger of what was done outside, is to be done, or may have been done.
    Effects,
    /// Other systems that messages are forwarded to, signed.
    Endpoints,
    /// The rules in force, and the checker.
    Rules,
    /// What scripts get from `secret("NAME")`. Only the names can be read.
    Secrets,
    /// Who may use this API, and what they may do.
    Keys,
    /// The secret part of the address that webhooks come to.
    HookTokens,
    /// One person's data: handed over or erased.
    Privacy,
    /// Who changed what.
    Audit,
    /// This installation.
    System,
}
