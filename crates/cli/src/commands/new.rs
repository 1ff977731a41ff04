//! `cuebook new`.

use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::new_rule::{self, NewRule};
use crate::{definitions, output};

/// Make a rule and its test from a template that fits the type of its events.
///
/// Nothing that exists is overwritten. The definition files for editors are brought up to date along with it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook new new-booking/welcome\n  cuebook new any/audit\n  cuebook new manual/apology"
)]
pub(crate) struct New {
    /// The rule's name: the type of its events, or `any` or `manual`, and a name of your own.
    #[arg(value_name = "TYPE/NAME")]
    name: String,
    /// Make it for a type that Ticketpark does not send, such as one that another rule emits.
    #[arg(long)]
    force: bool,
}

/// Makes the rule and says how to go on.
pub(crate) fn run(arguments: &New, context: &Context) -> Result<Exit, Failure> {
    let rule = NewRule::named(&arguments.name, arguments.force).map_err(Failure::usage)?;
    let rules = context.config()?.rules_dir;
    let made = new_rule::write(&rule, &rules).map_err(Failure::usage)?;
    for path in &made {
        output::line(format!("made {}", path.display()));
    }
    definitions::write(&rules.join(definitions::FOLDER)).map_err(Failure::unreachable)?;
    output::line("now change them to what you need, and try:");
    output::line("  cuebook check");
    if let Some(test) = made.last() {
        output::line(format!("  cuebook test {}", test.display()));
    }
    Ok(Exit::Good)
}
