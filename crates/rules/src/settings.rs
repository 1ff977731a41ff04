//! What an engine is told when it is made.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::function::FunctionDescriptor;
use cuebook_core::limits;
use cuebook_core::secret::SecretLookup;

/// What an engine is told when it is made.
#[derive(Clone)]
pub struct Settings {
    /// The functions that ask for something from outside.
    pub functions: Vec<FunctionDescriptor>,
    /// The time zone of `time::*` where a script names none.
    pub timezone: chrono_tz::Tz,
    /// The locale of templates where a script names none.
    pub default_locale: String,
    /// The sender of mails where a script names none.
    pub default_from: Option<String>,
    /// Finds secrets by name.
    pub secrets: Arc<dyn SecretLookup>,
    /// How much memory the current thread holds, in bytes, net of what it gave back. Without it, a script's memory is
    /// bounded only by the sizes of its values and the number of its operations.
    pub memory: Option<fn() -> u64>,
    /// The limits of a script.
    pub limits: Limits,
}

/// The limits of one pass of a script.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The operations of a pass.
    pub operations: u64,
    /// The time of a pass.
    pub pass: Duration,
    /// The memory that a pass may hold beyond what its thread held before, in bytes.
    pub memory: u64,
    /// The depth of calls between script functions.
    pub call_depth: usize,
    /// The variables of a script.
    pub variables: usize,
    /// The total length of strings in a value, in bytes.
    pub text: usize,
    /// The total number of array items in a value.
    pub array: usize,
    /// The total number of map members in a value.
    pub map: usize,
    /// The steps of a run.
    pub steps: usize,
    /// The logs of a run, in bytes.
    pub logs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: limits::OPERATIONS,
            pass: limits::PASS,
            memory: u64::try_from(limits::MEMORY).unwrap_or(u64::MAX),
            call_depth: limits::CALL_DEPTH,
            variables: limits::VARIABLES,
            text: limits::TEXT,
            array: limits::ARRAY,
            map: limits::MAP,
            steps: limits::STEPS,
            logs: limits::LOGS,
        }
    }
}

#[cfg(test)]
impl Settings {
    /// An engine's that asks for nothing from outside.
    pub(crate) fn bare() -> Self {
        Self {
            functions: Vec::new(),
            timezone: chrono_tz::Europe::Zurich,
            default_locale: "de".to_owned(),
            default_from: None,
            secrets: Arc::new(cuebook_core::secret::NoSecrets),
            memory: None,
            limits: Limits::default(),
        }
    }
}
