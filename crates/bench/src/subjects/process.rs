//! A child process, and what Linux says that it uses.

use std::fs;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// Ticks of the processor's time in a second, as `/proc` counts it: `sysconf(_SC_CLK_TCK)`, 100 on every Linux.
const TICKS: f64 = 100.0;

/// A running child; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts it.
    pub(super) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let name = command.get_program().display();
        Ok(Self(child.with_context(|| format!("cannot start {name}"))?))
    }

    /// Says so if it has ended.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait()? {
            Some(status) => bail!("it ended by itself, {status}"),
            None => Ok(()),
        }
    }

    /// Its memory in MB: the proportional set size.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0.id()))?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kilobytes: f64 = line
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse().ok())
            .context("no Pss in smaps_rollup")?;
        Ok(kilobytes / 1024.0)
    }

    /// The processor's time that it has used, in milliseconds.
    pub(crate) fn processor_time(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // Behind the name, which may hold blanks: utime and stime are fields 14 and 15 of proc_pid_stat(5).
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok());
        let used = ticks(11).zip(ticks(12)).map(|(user, system)| user + system);
        Ok(used.context("no times in stat")? * 1000.0 / TICKS)
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
