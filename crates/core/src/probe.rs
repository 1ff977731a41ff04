//! Looking in where a crash matters: a test hands over a [`Probe`], which is told of each commit and of each attempt at
//! something outside, before and after, and may end the process there. Without one, nothing is done.

use std::fmt;
use std::sync::Arc;

/// A moment at which a crash must lose nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A transaction is about to be committed.
    BeforeCommit,
    /// A transaction was committed, and nobody has been told yet.
    AfterCommit,
    /// An attempt at a call or a send is about to be made.
    BeforeAttempt,
    /// An attempt has ended, and nothing of its outcome is recorded yet.
    AfterAttempt,
}

/// Who is told of each [`Point`]; nobody by default.
#[derive(Clone, Default)]
pub struct Probe(Option<Arc<dyn Fn(Point) + Send + Sync>>);

impl Probe {
    /// A probe that tells `told`.
    pub fn new(told: impl Fn(Point) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    /// Tells that `point` is reached.
    pub fn reach(&self, point: Point) {
        if let Some(told) = &self.0 {
            told(point);
        }
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_there = self.0.is_some();
        f.debug_tuple("Probe").field(&is_there).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_probe_is_told_of_each_point_and_none_by_default() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = told.clone();
        let probe = Probe::new(move |point| tell.lock().unwrap().push(point));
        probe.reach(Point::BeforeCommit);
        probe.reach(Point::AfterAttempt);
        Probe::default().reach(Point::AfterCommit);
        assert_eq!(
            *told.lock().unwrap(),
            [Point::BeforeCommit, Point::AfterAttempt]
        );
    }
}
