//! How long things took.

use std::time::Duration;

/// Times, in microseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    /// Notes one.
    pub(crate) fn note(&mut self, took: Duration) {
        self.0
            .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Takes those of another.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The time, in milliseconds, that `part` (0 to 1) of them did not exceed; 0 where there is none.
    pub(crate) fn quantile(&mut self, part: f64) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        self.0.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = ((self.0.len() - 1) as f64 * part.clamp(0.0, 1.0)).round() as usize;
        f64::from(self.0[place]) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_time_that_this_part_did_not_exceed() {
        let mut latencies = Latencies::default();
        for milliseconds in (0..=100).rev() {
            latencies.note(Duration::from_millis(milliseconds));
        }
        let quantiles = [0.0, 0.5, 0.99, 1.0].map(|part| latencies.quantile(part));
        assert_eq!(
            quantiles.map(|ms| format!("{ms}")),
            ["0", "50", "99", "100"]
        );
    }
}
