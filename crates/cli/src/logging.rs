//! Where logs go: to stderr, as text or one JSON object a line.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::ParseError;

use crate::config::LogFormat;
use crate::exit::Failure;
use crate::output::Colour;

/// Begins to log.
pub(crate) fn start(log: &str, format: LogFormat, colour: Colour) -> Result<(), Failure> {
    let filter = filter(log).map_err(|error| {
        Failure::usage(anyhow::Error::new(error).context(format!("`log` cannot be {log:?}")))
    })?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
        LogFormat::Text => subscriber.with_ansi(colour.is_on()).init(),
    }
    Ok(())
}

/// A plain level is ours alone. Other people's crates stay at warnings: at finer levels some log what must not show.
fn filter(log: &str) -> Result<EnvFilter, ParseError> {
    let directives = match log.trim().parse::<LevelFilter>() {
        Ok(level) if level < LevelFilter::WARN => level.to_string(),
        Ok(level) => format!("warn,cuebook={level}"),
        Err(_) => log.to_owned(),
    };
    EnvFilter::builder().parse(directives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_ours_alone_and_a_filter_is_taken_as_it_is() {
        assert_eq!(filter("debug").unwrap().to_string(), "cuebook=debug,warn");
        assert_eq!(filter("error").unwrap().to_string(), "error");
        assert_eq!(filter("off").unwrap().to_string(), "off");
        assert_eq!(
            filter("cuebook_worker=trace").unwrap().to_string(),
            "cuebook_worker=trace"
        );
        assert!(filter("cuebook=loud").is_err());
    }
}
