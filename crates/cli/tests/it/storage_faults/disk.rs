//! A disk of 64 MiB, where the test may mount one.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Its size, as `mount` takes it.
const SIZE: &str = "size=64m";

/// A small disk, in memory.
pub(super) struct SmallDisk(Option<PathBuf>);

impl SmallDisk {
    /// Mounts one at `path`; where that may not be done it is said what is not tried because of it.
    pub(super) fn mount(path: &Path) -> Option<Self> {
        fs::create_dir(path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "none"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(Some(path.to_owned())));
        }
        // Not by a macro, whose words the test runner would keep to itself.
        let words = b"SKIPPED: no disk was filled, since only root may mount a small one\n";
        std::io::stderr().write_all(words).unwrap();
        None
    }

    pub(super) fn path(&self) -> &Path {
        self.0.as_deref().unwrap()
    }

    /// Fills it to the last byte.
    pub(super) fn fill(&self) {
        let mut file = File::create(self.filling()).unwrap();
        for size in [1 << 20, 4096, 1] {
            let some = vec![0; size];
            while file.write_all(&some).is_ok() {}
        }
    }

    /// Fills it until about `rest` bytes are left.
    pub(super) fn fill_but(&self, rest: u64) {
        let mut file = File::create(self.filling()).unwrap();
        let some = vec![0; 1 << 20];
        let used: u64 = fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        for _ in 0..((64 << 20) - used - rest) >> 20 {
            file.write_all(&some).unwrap();
        }
    }

    /// Takes away what fills it.
    pub(super) fn make_room(&self) {
        fs::remove_file(self.filling()).unwrap();
    }

    /// Unmounts it, which succeeds once nobody uses it.
    pub(super) fn unmount(mut self) {
        let path = self.0.take().unwrap();
        assert!(unmount(&path, &[]), "it is still in use");
    }

    fn filling(&self) -> PathBuf {
        self.path().join("filling")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // Also where the test has failed and the server still runs.
            unmount(&path, &["-l"]);
        }
    }
}

fn unmount(path: &Path, options: &[&str]) -> bool {
    let status = Command::new("umount").args(options).arg(path).status();
    status.is_ok_and(|status| status.success())
}
