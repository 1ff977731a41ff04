//! A rule with one mail, to a mail server that takes it at once.

use std::time::Instant;

use super::plan::Plan;
use super::stage::{CUEBOOK, Written, await_arrivals, drive};
use crate::report::Book;
use crate::sinks::MailSink;
use crate::subjects::Recipe;

const NAME: &str = "mail";
/// A budget that is never reached: held mails would not arrive.
const RULE: &str = r#"//! ```toml
//! budget = { emails = "100000000/1h" }
//! ```
email::send(#{ to: "guest@example.com", subject: `Booking ${event.payload.booking_pid}`, text: "It came." });
"#;

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let sink = MailSink::start()?;
    let mut recipe = Recipe::new(plan, &[("new-booking/mail.rhai", RULE.to_owned())])?;
    recipe.set("SMTP_URL", &sink.url());
    recipe.set("SMTP_FROM", "office@example.com");
    let cuebook = recipe.start()?;
    let written = Written::ask(&cuebook)?;
    let begun = Instant::now();
    let load = (32, plan.seconds);
    let shown = drive(book, (NAME, CUEBOOK), &cuebook.running, load, 0)?;
    let wanted = (0, shown.acknowledged);
    await_arrivals(book, (NAME, CUEBOOK), &sink.arrivals, wanted, begun)?;
    written.note(book, NAME, &cuebook, shown.acknowledged)
}
