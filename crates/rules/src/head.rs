//! The head of a rule: its leading `//!` lines, which document and configure it.
//!
//! The text is the description, a block fenced by ```` ```toml ```` holds the options. An option is never ignored: what
//! is unknown, misspelt or of no use for such a rule is an error at its line.

mod block;
mod options;

use chrono_tz::Tz;
use cuebook_core::rule::RuleOptions;

use crate::diagnostic::Diagnostic;
use crate::timetable::Timetable;

/// What a rule's head says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    /// The text outside of the options.
    pub(crate) description: String,
    /// The options; the defaults where there are none.
    pub(crate) options: RuleOptions,
    /// When the rule runs, if it is one of `schedule/`.
    pub(crate) timetable: Option<Timetable>,
}

/// Reads the head of `source`, the text of `file`, and says what is wrong with it. A timetable without a time zone of its
/// own goes by the clocks of `zone`.
pub(crate) fn parse(file: &str, source: &str, zone: Tz) -> (Head, Vec<Diagnostic>) {
    let block = block::find(source);
    let read = options::read(file, &block, zone);
    let head = Head {
        description: block.description,
        options: read.options,
        timetable: read.timetable,
    };
    (head, read.diagnostics)
}
