//! Where in a run a script is: the counters of its steps and lines, of which each branch of `parallel` has its own.

use cuebook_core::journal::StepPath;

/// The counters of the script itself, or of a branch of `parallel`.
#[derive(Debug, Default)]
pub(crate) struct Branch {
    /// The `parallel` and the branch's number in it; `None` for the script itself.
    place: Option<(StepPath, u32)>,
    steps: u32,
    lines: u32,
}

impl Branch {
    /// Branch `number` of the `parallel` at `path`.
    pub(crate) fn of(path: &StepPath, number: u32) -> Self {
        Self {
            place: Some((path.clone(), number)),
            steps: 0,
            lines: 0,
        }
    }

    /// Whether it is a branch of `parallel`.
    pub(crate) fn is_parallel(&self) -> bool {
        self.place.is_some()
    }

    /// The place of the next step.
    pub(crate) fn next_step(&mut self) -> StepPath {
        let number = self.steps;
        self.steps += 1;
        match &self.place {
            None => StepPath::top(number),
            Some((path, branch)) => path.child(*branch, number),
        }
    }

    /// The place of the next line, and the number of the step in the script that comes next or that the line lies within.
    pub(crate) fn next_line(&mut self) -> (String, u32) {
        let number = self.lines;
        self.lines += 1;
        match &self.place {
            None => (number.to_string(), self.steps),
            Some((path, branch)) => (format!("{path}.{branch}.{number}"), path.top_number()),
        }
    }
}
