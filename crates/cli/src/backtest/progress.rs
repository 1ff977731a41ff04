//! How far the work is, on a terminal's stderr.

use std::io::{self, IsTerminal, Write as _};
use std::time::{Duration, Instant};

/// The width of the bar.
const WIDTH: u64 = 30;
/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// A bar that is drawn over itself; nothing where stderr is no terminal.
pub(crate) struct Progress {
    total: u64,
    begun: Instant,
    drawn: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// For so many events.
    pub(crate) fn new(total: u64) -> Self {
        Self {
            total,
            begun: Instant::now(),
            drawn: None,
            shown: io::stderr().is_terminal(),
        }
    }

    /// So many are done.
    pub(crate) fn done(&mut self, events: u64) {
        let now = Instant::now();
        let is_early = self.drawn.is_some_and(|drawn| now - drawn < EVERY);
        if !self.shown || is_early {
            return;
        }
        self.drawn = Some(now);
        let line = line(events, self.total, now - self.begun);
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "\r{line}\u{1b}[K");
        let _ = stderr.flush();
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if self.shown && self.drawn.is_some() {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

fn line(done: u64, total: u64, took: Duration) -> String {
    let total = total.max(done).max(1);
    let filled = done * WIDTH / total;
    let bar: String = (0..WIDTH)
        .map(|at| if at < filled { '#' } else { '-' })
        .collect();
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = done.saturating_mul(1_000) / millis;
    let left = (total - done).checked_div(rate).unwrap_or(0);
    format!("[{bar}] {done} of {total} events, {rate}/s, {left} s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_share_rate_and_what_is_left() {
        assert_eq!(
            line(50, 100, Duration::from_secs(5)),
            "[###############---------------] 50 of 100 events, 10/s, 5 s left"
        );
        assert!(line(0, 0, Duration::ZERO).contains("0 of 1 events"));
        assert!(line(7, 5, Duration::from_secs(1)).contains("7 of 7 events"));
    }
}
