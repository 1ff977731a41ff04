//! The usual rule: asks a pretend Ticketpark for the booking, and sends its customer a mail.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use cuebook_core::clock::{Clock as _, SystemClock};
use cuebook_pretend::{Options, Pretend};
use tokio::runtime::{Builder, Runtime};

use super::plan::Plan;
use super::stage::{CUEBOOK, Written, await_arrivals, drive};
use crate::report::Book;
use crate::sinks::MailSink;
use crate::subjects::Recipe;

const NAME: &str = "read-then-mail";
const RULE: &str = r#"//! ```toml
//! budget = { emails = "100000000/1h" }
//! ```
let booking = ticketpark::booking(event.payload.booking_pid);
email::send(#{ to: booking.customer.email, subject: `Booking ${event.payload.booking_pid}`, text: "It came." });
"#;
/// Known to the pretend Ticketpark alone, which lives as long as the measurement.
const WORD: &str = "bench-bench-bench";

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let (runtime, ticketpark) = ticketpark()?;
    let sink = MailSink::start()?;
    let mut recipe = Recipe::new(plan, &[("new-booking/mail.rhai", RULE.to_owned())])?;
    for (name, value) in [
        ("SMTP_URL", sink.url().as_str()),
        ("SMTP_FROM", "office@example.com"),
        ("TICKETPARK_URL", &ticketpark.url()),
        ("TICKETPARK_CLIENT_KEY", WORD),
        ("TICKETPARK_CLIENT_SECRET", WORD),
        ("TICKETPARK_USERNAME", WORD),
    ] {
        recipe.set(name, value);
    }
    recipe.log_in(WORD)?;
    let cuebook = recipe.start()?;
    let written = Written::ask(&cuebook)?;
    let begun = Instant::now();
    let load = (32, plan.seconds);
    let shown = drive(book, (NAME, CUEBOOK), &cuebook.running, load, 1_000_000)?;
    let wanted = (0, shown.acknowledged);
    await_arrivals(book, (NAME, CUEBOOK), &sink.arrivals, wanted, begun)?;
    written.note(book, NAME, &cuebook, shown.acknowledged)?;
    drop(cuebook);
    runtime.block_on(ticketpark.stop());
    Ok(())
}

fn ticketpark() -> anyhow::Result<(Runtime, Pretend)> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let pretend = runtime.block_on(Pretend::start(Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        client_key: WORD.to_owned(),
        client_secret: WORD.to_owned(),
        username: WORD.to_owned(),
        password: WORD.to_owned(),
        now: Arc::new(|| SystemClock.now()),
    }))?;
    Ok((runtime, pretend))
}
