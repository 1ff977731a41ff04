//! The limits of requests, scripts and runs. Where they come from: the Standard Webhooks specification, OWASP, and the
//! safety chapter of Rhai's book.

use std::time::Duration;

/// The largest body of a webhook, in bytes.
pub const BODY: usize = 1024 * 1024;
/// The largest source of a rule or import, in bytes.
pub const SOURCE: usize = 64 * 1024;
/// The operations of one pass of a script.
pub const OPERATIONS: u64 = 1_000_000;
/// The time of one pass of a script.
pub const PASS: Duration = Duration::from_secs(2);
/// The time of all passes of one segment.
pub const SEGMENT: Duration = Duration::from_secs(5);
/// The memory that one pass of a script may hold, in bytes.
pub const MEMORY: usize = 64 * 1024 * 1024;
/// The depth of calls between script functions.
pub const CALL_DEPTH: usize = 32;
/// The depth of expressions at the top of a script.
pub const EXPRESSION_DEPTH: usize = 64;
/// The depth of expressions in a function.
pub const FUNCTION_EXPRESSION_DEPTH: usize = 32;
/// The variables of a script.
pub const VARIABLES: usize = 200;
/// The functions of a script.
pub const FUNCTIONS: usize = 200;
/// The total length of strings in a value, in bytes.
pub const TEXT: usize = 2 * 1024 * 1024;
/// The total number of array items in a value.
pub const ARRAY: usize = 100_000;
/// The total number of map members in a value.
pub const MAP: usize = 50_000;
/// The nesting of a value that crosses the border of a script.
pub const DEPTH: usize = 64;
/// The length of a pattern, in bytes.
pub const PATTERN: usize = 1024;
/// The size of a compiled pattern, in bytes.
pub const COMPILED_PATTERN: usize = 256 * 1024;
/// The steps of a run.
pub const STEPS: usize = 300;
/// The journal of a run, in bytes.
pub const JOURNAL: usize = 5 * 1024 * 1024;
/// The answer of one step, in bytes.
pub const ANSWER: usize = 1024 * 1024;
/// The branches of one `parallel`.
pub const BRANCHES: usize = 100;
/// The logs of a run, in bytes; a line counts 64 more than its text.
pub const LOGS: usize = 64 * 1024;
/// The recipients of one mail.
pub const RECIPIENTS: usize = 50;
/// The longest key of a value that rules remember, in bytes.
pub const STATE_KEY: usize = 200;
/// The largest value that rules remember, in bytes of its journaled form.
pub const STATE_VALUE: usize = 64 * 1024;
/// The events that one event may lead to, directly or not.
pub const DESCENDANTS: usize = 1_000;
/// How deep emitted events may lead to further ones.
pub const EMIT_DEPTH: u32 = 8;
