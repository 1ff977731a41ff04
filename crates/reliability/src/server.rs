//! The child process: started, asked whether it is ready, killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::time::sleep;

/// After so long a start or an end has failed.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long it is between two looks.
const STEP: Duration = Duration::from_millis(5);

/// Ticks a second in `/proc`, on every Linux.
#[cfg(unix)]
const TICKS: u64 = 100;

/// How the child is started, each time.
pub(crate) struct Recipe {
    /// The binary.
    pub(crate) binary: PathBuf,
    /// The folder in which it works.
    pub(crate) folder: PathBuf,
    /// Where its mails go.
    pub(crate) smtp: String,
    /// What else it finds in its environment.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// A running child; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
    /// How long it took from its start to being ready.
    pub(crate) ready_after: Duration,
}

impl Recipe {
    /// A file of the data folder.
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.folder.join("data").join(name)
    }

    /// What a file of the data folder says.
    pub(crate) fn read(&self, name: &str) -> anyhow::Result<String> {
        let path = self.data(name);
        let text = fs::read_to_string(&path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.trim().to_owned())
    }

    /// Starts the child and waits until it is ready.
    pub(crate) async fn start(&self, http: &reqwest::Client) -> anyhow::Result<Server> {
        let address = self.data("server.url");
        // The former one had no time to remove it.
        drop(fs::remove_file(&address));
        let log = self.folder.join("serve.log");
        let log = File::options().create(true).append(true).open(log)?;
        let begun = Instant::now();
        let child = self
            .command(&["serve"])
            .env("CUEBOOK_LISTEN", "127.0.0.1:0")
            .env("CUEBOOK_EGRESS_ALLOW", "127.0.0.1")
            .env("CUEBOOK_SMTP_URL", &self.smtp)
            .env("CUEBOOK_SMTP_FROM", "office@example.com")
            .env("CUEBOOK_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        let mut server = Server {
            child,
            url: String::new(),
            ready_after: Duration::ZERO,
        };
        while begun.elapsed() < PATIENCE {
            if let Some(status) = server.child.try_wait()? {
                bail!("it ended by itself, {status}; its log:\n{}", self.log());
            }
            if let Some(url) = address_in(&address)
                && is_ready(http, &url).await
            {
                server.url = url;
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            sleep(STEP).await;
        }
        bail!(
            "it is not ready after {PATIENCE:?}; its log:\n{}",
            self.log()
        )
    }

    /// The binary with these arguments, in its folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("serve.log")).unwrap_or_default()
    }
}

impl Server {
    /// Ends it in the middle of whatever it does: SIGKILL.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("it had ended by itself, {status}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Its resident memory, in bytes.
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        let kilobytes: u64 = kilobytes.context("it does not say its memory")?.parse()?;
        Ok(kilobytes * 1024)
    }

    /// The time that processors have spent on it.
    #[cfg(unix)]
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let path = format!("/proc/{}/stat", self.child.id());
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        // The name in brackets may have anything in it; user and system time are the 12th and 13th behind it (proc(5)).
        let behind = text.rsplit(')').next().unwrap_or_default();
        let ticks: Vec<u64> = behind
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|number| number.parse().ok())
            .collect();
        Ok(Duration::from_millis(
            ticks.iter().sum::<u64>() * 1_000 / TICKS,
        ))
    }

    /// Stops it in the middle of whatever it does, without ending it: SIGSTOP.
    pub(crate) fn freeze(&self) -> anyhow::Result<()> {
        self.signal("-STOP")
    }

    /// Lets it go on where it stopped: SIGCONT.
    pub(crate) fn thaw(&self) -> anyhow::Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args([signal, &pid]).status()?;
        if !told.success() {
            bail!("kill {signal} {pid} failed");
        }
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn terminate(mut self) -> anyhow::Result<ExitStatus> {
        self.signal("-TERM")?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            sleep(STEP).await;
        }
        bail!("it did not end within {PATIENCE:?} of SIGTERM")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn address_in(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let url = text.trim();
    (!url.is_empty()).then(|| url.to_owned())
}

/// Whether the one at `url` says that it is.
pub(crate) async fn is_ready(http: &reqwest::Client, url: &str) -> bool {
    let answer = http.get(format!("{url}/readyz")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}
