//! The figures as they were measured.

use std::fmt;

/// What a ratio has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
}

impl Wanted {
    /// Whether `ratio` is that.
    pub(crate) fn is_met_by(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::AtMost(most) => write!(f, "≤ {most}"),
        }
    }
}

/// A figure of one subject, as often as it was measured.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) scenario: &'static str,
    pub(crate) name: String,
    pub(crate) subject: &'static str,
    pub(crate) values: Vec<f64>,
}

/// Cuebook's figure in terms of another's.
#[derive(Debug)]
pub(crate) struct Ratio {
    pub(crate) scenario: &'static str,
    pub(crate) name: String,
    pub(crate) of: &'static str,
    pub(crate) wanted: Option<Wanted>,
}

/// All figures.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) figures: Vec<Figure>,
    pub(crate) ratios: Vec<Ratio>,
}

impl Book {
    /// Notes a figure.
    pub(crate) fn note(
        &mut self,
        scenario: &'static str,
        name: &str,
        subject: &'static str,
        value: f64,
    ) {
        let found = self.figures.iter_mut().find(|figure| {
            (figure.scenario, figure.name.as_str(), figure.subject) == (scenario, name, subject)
        });
        match found {
            Some(figure) => figure.values.push(value),
            None => self.figures.push(Figure {
                scenario,
                name: name.to_owned(),
                subject,
                values: vec![value],
            }),
        }
    }

    /// Cuebook's figure is to be compared with that of `of`.
    pub(crate) fn ratio(
        &mut self,
        scenario: &'static str,
        name: &str,
        of: &'static str,
        wanted: Option<Wanted>,
    ) {
        let is_it =
            |ratio: &Ratio| (ratio.scenario, ratio.name.as_str(), ratio.of) == (scenario, name, of);
        if !self.ratios.iter().any(is_it) {
            self.ratios.push(Ratio {
                scenario,
                name: name.to_owned(),
                of,
                wanted,
            });
        }
    }

    /// The ratio over the repeats: each of the same repeat, then the median.
    pub(crate) fn value(&self, ratio: &Ratio) -> Option<f64> {
        let values = |subject| {
            let found = self.figures.iter().find(|figure| {
                (figure.scenario, figure.name.as_str(), figure.subject)
                    == (ratio.scenario, ratio.name.as_str(), subject)
            });
            found.map(|figure| figure.values.as_slice())
        };
        let ratios: Vec<f64> = values("cuebook")?
            .iter()
            .zip(values(ratio.of)?)
            .map(|(cuebook, other)| cuebook / other)
            .collect();
        median(&ratios)
    }
}

/// The middle one; of an even number the mean of the two.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_those_of_the_same_repeat() {
        let mut book = Book::default();
        for (cuebook, ceiling) in [(8.0, 10.0), (1.0, 2.0), (9.0, 10.0)] {
            book.note("ingest", "rate", "cuebook", cuebook);
            book.note("ingest", "rate", "ceiling", ceiling);
        }
        book.ratio("ingest", "rate", "ceiling", Some(Wanted::AtLeast(0.7)));
        book.ratio("ingest", "rate", "ceiling", Some(Wanted::AtLeast(0.7)));
        assert_eq!(book.ratios.len(), 1);
        assert_eq!(book.value(&book.ratios[0]), Some(0.8));
        assert!(Wanted::AtLeast(0.7).is_met_by(0.8));
        assert!(!Wanted::AtMost(0.7).is_met_by(0.8));
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }
}
