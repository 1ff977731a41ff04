//! What was measured beside bad clients, and what of it is too much.

use std::fmt;
use std::time::Duration;

/// What 99 of 100 valid requests have to be answered within.
const SLOWEST: Duration = Duration::from_millis(500);
/// By when slow connections have to be closed, and a second for those that wait to be accepted.
const CLOSED: Duration = Duration::from_secs(16);
/// How much of a processor a process may take that has no descriptors left.
const BUSY: f64 = 0.25;
/// How soon it has to answer once there are descriptors again.
const RECOVERED: Duration = Duration::from_secs(5);

/// Valid requests beside one kind of clients.
#[derive(Debug, Clone)]
pub struct Phase {
    /// Beside whom.
    pub name: &'static str,
    /// How long each took, sorted; [`Duration::MAX`] for one that was not answered.
    pub took: Vec<Duration>,
    /// After how long the last of the others was closed, where they have to be.
    pub closed_after: Option<Duration>,
}

/// What was measured.
#[derive(Debug, Clone)]
pub struct ClientsReport {
    /// How many connections were slow.
    pub slow: usize,
    /// How many said nothing.
    pub idle: usize,
    /// How many descriptors the process had where it had too few.
    pub descriptors: usize,
    /// The measured requests.
    pub phases: Vec<Phase>,
    /// How much of a processor it took without descriptors, 1 being all of it.
    pub busy: f64,
    /// How long it took to answer once there were descriptors again.
    pub recovered_after: Duration,
}

impl Phase {
    /// What so many of 1,000 requests were answered within.
    pub fn within(&self, of_thousand: usize) -> Duration {
        let place = (self.took.len() * of_thousand).div_ceil(1_000);
        let place = place.saturating_sub(1);
        self.took.get(place).copied().unwrap_or_default()
    }
}

impl ClientsReport {
    /// What is not as it has to be.
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for phase in &self.phases {
            let slowest = phase.within(990);
            if slowest > SLOWEST {
                wrong.push(format!("beside {} clients: p99 {slowest:?}", phase.name));
            }
            if let Some(closed) = phase.closed_after.filter(|closed| *closed > CLOSED) {
                wrong.push(format!(
                    "{} clients were closed after {closed:?}",
                    phase.name
                ));
            }
        }
        if self.busy > BUSY {
            wrong.push(format!("it spins without descriptors: {:.2}", self.busy));
        }
        if self.recovered_after > RECOVERED {
            wrong.push(format!(
                "it answers again only after {:?}",
                self.recovered_after
            ));
        }
        wrong
    }
}

impl fmt::Display for ClientsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} slow connections, {} idle ones", self.slow, self.idle)?;
        for phase in &self.phases {
            write!(
                f,
                "beside {}: p50 {:?}, p99 {:?}, longest {:?}",
                phase.name,
                phase.within(500),
                phase.within(990),
                phase.within(1_000)
            )?;
            match phase.closed_after {
                Some(closed) => writeln!(f, "; the last of them closed after {closed:?}")?,
                None => writeln!(f)?,
            }
        }
        writeln!(
            f,
            "with {} descriptors, all of them taken: {:.1} % of a processor; answers {:?} after they are free",
            self.descriptors,
            self.busy * 100.0,
            self.recovered_after
        )?;
        let wrong = self.wrong();
        if wrong.is_empty() {
            write!(f, "as it has to be")
        } else {
            write!(f, "WRONG: {}", wrong.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(millis: &[u64]) -> Phase {
        Phase {
            name: "slow",
            took: millis.iter().copied().map(Duration::from_millis).collect(),
            closed_after: None,
        }
    }

    #[test]
    fn one_slow_request_of_a_hundred_is_let_pass_and_two_are_not() {
        let mut took = vec![10; 100];
        took[99] = 900;
        assert_eq!(phase(&took).within(990), Duration::from_millis(10));
        took[98] = 900;
        assert_eq!(phase(&took).within(990), Duration::from_millis(900));
    }

    #[test]
    fn what_is_too_much_is_told() {
        let report = ClientsReport {
            slow: 1,
            idle: 1,
            descriptors: 64,
            phases: vec![phase(&[600])],
            busy: 0.9,
            recovered_after: Duration::from_secs(9),
        };
        assert_eq!(report.wrong().len(), 3);
        assert!(report.to_string().contains("WRONG"));
    }
}
