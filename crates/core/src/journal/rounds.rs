//! The rounds of a run: each time that its journal is cut, the script logs anew what lies behind the cut. A *mark* among
//! the log lines says where that was, so that lines of two rounds have two keys.
//!
//! Of a line the key is its place in the script (`3`, `2.0.1`: an odd count of numbers), from the second round on with
//! the round's number before it (`1.3`).

use std::collections::HashSet;

use super::Cut;

/// So many rounds are told apart: a run that tries again for ever must not log for ever.
const MOST: usize = 100;
/// How the key of a mark begins: with the largest number, so that of the lines of one moment it is the last.
const MARK: &str = "4294967295.";

/// The rounds of a run so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rounds {
    /// For each cut the number of steps in the script that stayed.
    kept: Vec<u32>,
}

impl Rounds {
    /// The rounds of a run that has logged lines with these keys.
    pub fn of(logged: &HashSet<String>) -> Self {
        let kept = logged.iter().filter_map(|key| kept_at(key));
        Self {
            kept: kept.collect(),
        }
    }

    /// The key of a line at `place`, logged when `step` is the number of the step in the script that comes next, or that
    /// the line lies within.
    pub fn key(&self, place: String, step: u32) -> String {
        match self.kept.iter().filter(|kept| step >= **kept).count() {
            0 => place,
            round => format!("{round}.{place}"),
        }
    }

    /// The key of the mark of a new round, which begins behind `cut`; `None` where no more rounds are told apart.
    pub fn mark(&self, cut: Cut) -> Option<String> {
        let number = self.kept.len() + 1;
        (number <= MOST).then(|| format!("{MARK}{number}.{}", cut.kept()))
    }
}

/// How many steps in the script a mark says that stayed; `None` where the key is none of a mark.
fn kept_at(key: &str) -> Option<u32> {
    let (_, kept) = key.strip_prefix(MARK)?.split_once('.')?;
    kept.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Progress, StepKind, StepPath};
    use super::*;

    fn cut_after(step: u32) -> Cut {
        Cut::of([(&StepPath::top(step), StepKind::Write, Progress::Answered)])
    }

    fn key(rounds: &Rounds, place: &str, step: u32) -> String {
        rounds.key(place.to_owned(), step)
    }

    #[test]
    fn a_line_before_the_cut_keeps_its_key_and_one_behind_gets_another() {
        let mut logged = HashSet::from(["0".to_owned(), "1".to_owned()]);
        let first = Rounds::of(&logged);
        assert_eq!(key(&first, "1", 3), "1");
        logged.insert(first.mark(cut_after(1)).unwrap());
        let second = Rounds::of(&logged);
        assert_eq!(key(&second, "0", 1), "0", "logged before step 1");
        assert_eq!(key(&second, "1", 2), "1.1", "logged after step 1");
        assert_eq!(key(&second, "2.0.1", 2), "1.2.0.1");

        logged.insert(second.mark(cut_after(4)).unwrap());
        let third = Rounds::of(&logged);
        assert_eq!(key(&third, "0", 1), "0");
        assert_eq!(
            key(&third, "1", 2),
            "1.1",
            "it stays what it was in its round"
        );
        assert_eq!(key(&third, "9", 5), "2.9");
        for key in &logged {
            assert!(key.parse::<StepPath>().is_ok(), "{key}");
        }
    }

    #[test]
    fn where_nothing_stays_everything_is_logged_anew_and_the_rounds_end_at_some_time() {
        let mut logged = HashSet::new();
        for round in 0..MOST {
            let rounds = Rounds::of(&logged);
            assert_eq!(key(&rounds, "0", 0).contains('.'), round > 0);
            assert!(logged.insert(rounds.mark(Cut::of([])).unwrap()));
        }
        assert_eq!(Rounds::of(&logged).mark(Cut::of([])), None);
    }
}
