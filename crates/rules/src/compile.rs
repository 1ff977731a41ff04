//! From the files of a rule to a [`Program`]: parses the rule and what it imports, each once.

use cuebook_core::rule::RuleName;

use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::program::Program;

/// Compiles `rule` (its file is `<rule>.rhai`) with what it imports from `files`.
pub(crate) fn compile(
    engine: &Engine,
    rule: &RuleName,
    files: &RuleFiles,
) -> Result<Program, Vec<Diagnostic>> {
    let _ = (engine, files);
    Err(vec![Diagnostic::error(
        &format!("{rule}.rhai"),
        crate::diagnostic::code::IMPORT,
        "the file is missing",
    )])
}
