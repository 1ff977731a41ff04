//! Asking the system how much of a disk is free.

use std::io;
use std::path::Path;

/// How much of a disk there is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// What this process may still write.
    pub(crate) free: u64,
    /// All of it.
    pub(crate) total: u64,
}

/// The disk that `path` is on.
#[cfg(unix)]
pub(in crate::serve) fn room_of(path: &Path) -> io::Result<Room> {
    let found = rustix::fs::statvfs(path)?;
    Ok(Room {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        total: found.f_blocks.saturating_mul(found.f_frsize),
    })
}

/// Other systems are not asked: there the disk gets full, and webhooks are put off then.
#[cfg(not(unix))]
pub(in crate::serve) fn room_of(_path: &Path) -> io::Result<Room> {
    Err(io::ErrorKind::Unsupported.into())
}
