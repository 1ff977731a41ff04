//! What the tests of this process log, all in one place.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

/// What all tests of this process have logged.
pub(crate) static LOGGED: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(Arc::default);

struct Logs;

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Logs everything there from now on.
pub(super) fn capture_logs() {
    // The first test of the process wins; all write to the same place.
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Logs)
        .try_init();
}
