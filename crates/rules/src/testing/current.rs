//! The test that the current thread runs.

use std::cell::{Cell, RefCell};

use cuebook_core::clock::Timestamp;
use rhai::Position;

use super::failure::TestFailure;
use super::stage::Stage;
use crate::throw::{Thrown, halt};

/// A test that runs.
pub(super) struct Running {
    /// The file of the test.
    pub(super) file: String,
    /// What it plays on. Taken out while its runs go on: a mock's closure has none.
    pub(super) stage: Option<Stage>,
    /// Why it has failed; the first reason counts.
    pub(super) failure: Option<TestFailure>,
    /// What it printed.
    pub(super) printed: Vec<String>,
}

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
    /// When a mock is asked, while it is.
    static ASKED_AT: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

/// Makes `running` the thread's.
pub(super) fn enter(running: Running) {
    RUNNING.set(Some(running));
}

/// Takes the thread's test back.
pub(super) fn leave() -> Option<Running> {
    ASKED_AT.set(None);
    RUNNING.take()
}

/// Notes that the test has failed.
pub(super) fn fail(failure: impl FnOnce(&str) -> TestFailure) {
    RUNNING.with_borrow_mut(|running| {
        if let Some(running) = running
            && running.failure.is_none()
        {
            running.failure = Some(failure(&running.file));
        }
    });
}

/// Whether the test has failed already.
pub(super) fn has_failed() -> bool {
    RUNNING.with_borrow(|running| {
        running
            .as_ref()
            .is_some_and(|running| running.failure.is_some())
    })
}

/// Keeps a line that the test printed.
pub(super) fn print(line: &str) {
    RUNNING.with_borrow_mut(|running| {
        if let Some(running) = running {
            running.printed.push(line.to_owned());
        }
    });
}

/// Lets `act` use the stage, which it must not call the script with.
pub(super) fn with<R>(act: impl FnOnce(&mut Stage) -> R) -> Result<R, Thrown> {
    let done = RUNNING.with_borrow_mut(|running| running.as_mut()?.stage.as_mut().map(act));
    done.ok_or_else(|| {
        fail(|file| busy().at(file, Position::NONE));
        halt()
    })
}

/// Takes the stage out, for as long as the script may be called; [`put_back`] puts it back. `None` where it is out already.
pub(super) fn take_out() -> Option<Stage> {
    RUNNING.with_borrow_mut(|running| running.as_mut()?.stage.take())
}

/// Puts the stage back.
pub(super) fn put_back(stage: Stage) {
    RUNNING.with_borrow_mut(|running| {
        if let Some(running) = running {
            running.stage = Some(stage);
        }
    });
}

/// Why there is no stage.
pub(super) fn busy() -> TestFailure {
    TestFailure::new(
        "this cannot be called while a test's file is loaded, or inside of a mock: only in a test",
    )
}

/// The present moment: also inside of a mock.
pub(super) fn now() -> Result<Timestamp, Thrown> {
    match ASKED_AT.get() {
        Some(now) => Ok(now),
        None => with(|stage| stage.world.now),
    }
}

/// Lets `act` call a mock's closure at `now`.
pub(super) fn asked_at<R>(now: Timestamp, act: impl FnOnce() -> R) -> R {
    ASKED_AT.set(Some(now));
    let done = act();
    ASKED_AT.set(None);
    done
}
