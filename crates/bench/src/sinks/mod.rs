//! The other systems that effects reach: they count what comes and answer at once.

mod arrivals;
mod http;
mod listening;
mod mail;

pub(crate) use arrivals::Arrivals;
pub(crate) use http::HttpSink;
pub(crate) use mail::MailSink;
