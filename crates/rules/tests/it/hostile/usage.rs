//! What the system says about this process: processor time and memory. Without a wall clock, so that a busy machine fails
//! no test.

use std::fs;
use std::time::Duration;

/// The processor time of the current thread.
#[cfg(target_os = "linux")]
pub(super) fn cpu_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = text.split(' ').next().unwrap().parse().unwrap();
    Duration::from_nanos(nanoseconds)
}

/// The most memory that the process has had so far, in bytes.
#[cfg(target_os = "linux")]
pub(super) fn peak() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<u64>().unwrap() * 1024
}
