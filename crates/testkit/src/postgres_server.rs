//! A Postgres server of a test's own, which may be stopped at once and started again. It runs as the user `postgres` where
//! the test runs as root, since Postgres refuses root.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long it may take to start or to stop.
const PATIENCE: Duration = Duration::from_mins(1);
const STEP: Duration = Duration::from_millis(20);
/// Where Debian keeps its versions.
const VERSIONS: &str = "/usr/lib/postgresql";

/// A server on loopback; it ends when it is dropped, and its files are removed.
#[derive(Debug)]
pub struct PostgresServer {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
    user: Option<(u32, u32)>,
    child: Option<Child>,
}

impl PostgresServer {
    /// Makes one and starts it.
    ///
    /// # Errors
    /// Where it cannot be; of the kind [`io::ErrorKind::NotFound`] where Postgres is not installed.
    pub fn start() -> io::Result<Self> {
        let binaries = binaries().ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "`initdb` and `postgres` are not installed",
            )
        })?;
        let folder = TempDir::new()?;
        let user = postgres_user()?;
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group))?;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let mut server = Self {
            binaries,
            folder,
            port,
            user,
            child: None,
        };
        let data = server.data();
        let made = server
            .command("initdb")
            .args(["-A", "trust", "-U", "postgres", "--no-sync", "-D"])
            .arg(&data)
            .output()?;
        if !made.status.success() {
            let words = String::from_utf8_lossy(&made.stderr).into_owned();
            return Err(io::Error::other(words));
        }
        server.start_again()?;
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// The URL of its one database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends all of its processes without letting them finish anything, as a crash would: the next start has to recover.
    ///
    /// # Errors
    /// Where it does not end.
    pub fn stop_at_once(&mut self) -> io::Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let told = Command::new("kill")
            .args(["-QUIT", &child.id().to_string()])
            .status()?;
        if !told.success() {
            return Err(io::Error::other("it could not be told to stop"));
        }
        wait_for("it to stop", || Ok(child.try_wait()?.is_some()))
    }

    /// Starts it again; it answers once it has recovered.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start_again(&mut self) -> io::Result<()> {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))?;
        let child = self
            .command("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string(), "-k"])
            .arg(self.folder.path())
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "shared_buffers=64MB"])
            // Each file by itself takes seconds after each stop.
            .args(["-c", "recovery_init_sync_method=syncfs"])
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until it takes connections.
    ///
    /// # Errors
    /// Where it does not.
    pub fn wait_until_it_answers(&mut self) -> io::Result<()> {
        wait_for("it to answer", || {
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                return Err(io::Error::other(format!(
                    "it ended by itself, {status}; its log:\n{}",
                    fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
                )));
            }
            let asked = Command::new(self.binaries.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()?;
            Ok(asked.success())
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // Nothing can be done about one that does not end.
        drop(self.stop_at_once());
    }
}

/// The folder of the newest Postgres that is installed.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .map(|(version, path)| (version, path.join("bin")))
        .filter(|(_, path)| has(path, "initdb") && has(path, "postgres"))
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path)
}

fn has(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

/// The user and group to run it as, where it cannot be run as we are.
fn postgres_user() -> io::Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let user = users.lines().find_map(|line| {
        let mut columns = line.split(':');
        let name = columns.next()?;
        let (user, group) = (columns.nth(1)?, columns.next()?);
        (name == "postgres").then_some((user.parse().ok()?, group.parse().ok()?))
    });
    user.map(Some)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no user `postgres`"))
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let begun = Instant::now();
    while !is_so()? {
        if begun.elapsed() > PATIENCE {
            return Err(io::Error::other(format!("waited in vain for {what}")));
        }
        std::thread::sleep(STEP);
    }
    Ok(())
}
