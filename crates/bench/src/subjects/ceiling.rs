//! Starts a ceiling: this very program, as another process.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::ValueEnum as _;

use super::process::Process;
use super::running::Running;
use crate::arguments::CeilingKind;
use crate::load::{NEW_BOOKING, Target};
use crate::scenarios::Plan;

/// It has to answer within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts a ceiling whose calls go to `sink`.
pub(crate) fn ceiling(plan: &Plan, kind: CeilingKind, sink: SocketAddr) -> anyhow::Result<Running> {
    let folder = plan.temporary_folder()?;
    let address_file = folder.path().join("address");
    let word = kind
        .to_possible_value()
        .map(|value| value.get_name().to_owned());
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["ceiling", &word.unwrap_or_default(), "--address-file"])
        .arg(&address_file)
        .arg("--database")
        .arg(folder.path().join("ceiling.db"))
        .args(["--sink", &sink.to_string()]);
    let mut process = Process::start(&mut command)?;
    let begun = Instant::now();
    loop {
        process.check()?;
        let address = fs::read_to_string(&address_file).ok();
        if let Some(address) = address.and_then(|text| text.parse::<SocketAddr>().ok()) {
            return Ok(Running {
                process,
                target: Target {
                    address,
                    path: "/hook".to_owned(),
                    event_type: NEW_BOOKING,
                },
                _folder: Some(folder),
            });
        }
        if begun.elapsed() > PATIENCE {
            bail!("the ceiling did not start within {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(1));
    }
}
