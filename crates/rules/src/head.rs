//! The head of a rule: its leading `//!` lines, which document and configure it.
//!
//! The text is the description, a block fenced by ```` ```toml ```` holds the options. An option is never ignored: what
//! is unknown, misspelt or not carried out by this version is an error at its line.

mod block;
mod budget;
mod options;

use cuebook_core::rule::RuleOptions;

use crate::diagnostic::Diagnostic;

/// What a rule's head says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Head {
    /// The text outside of the options.
    pub(crate) description: String,
    /// The options; the defaults where there are none.
    pub(crate) options: RuleOptions,
}

/// Reads the head of `source`, the text of `file`, and says what is wrong with it.
pub(crate) fn parse(file: &str, source: &str) -> (Head, Vec<Diagnostic>) {
    let block = block::find(source);
    let (options, diagnostics) = options::read(file, &block);
    let head = Head {
        description: block.description,
        options,
    };
    (head, diagnostics)
}
