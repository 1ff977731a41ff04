//! Mail delivery by SMTP.
//!
//! The mail library's own timeout covers connecting only, and its sender does not say in which phase it failed. So the
//! phases are driven here, one by one, each with its own time, and a failure knows what may have happened by then:
//!
//! ```text
//! endpoint     smtp.url → where, how encrypted, as whom
//! connection   TCP → greeting → TLS → login → MAIL, RCPT, DATA → blocks → final dot
//! fault        phase + error → try again, give up, or nobody knows
//! mailer       a few connections at once, idle ones kept for the next mail
//! ```

mod connection;
mod endpoint;
mod fault;
mod mailer;

pub(crate) use mailer::Mailer;
