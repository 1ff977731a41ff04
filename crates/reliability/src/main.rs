//! `cargo run --release -p cuebook-reliability -- --kills 200 --rate 200`, or `-- --sleepers 100000`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use cuebook_core::chance::{Chance as _, SystemChance};
use cuebook_core::clock::{Clock as _, SystemClock};
use cuebook_reliability::{Plan, check, check_sleepers};

/// Kills a Cuebook under load, again and again, and checks from outside that nothing was lost.
#[derive(Parser)]
struct Arguments {
    /// How often it is killed.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    kills: u32,
    /// Webhooks a second.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Makes the moments of the kills the same again; another one each time if left out.
    #[arg(long)]
    seed: Option<u64>,
    /// The binary; the one beside this one if left out.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Instead of killing it: put so many runs to sleep, and measure what they cost.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1_001..=10_000_000))]
    sleepers: Option<u64>,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it is a command")]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let chance = SystemChance::default();
    let binary = match arguments.binary {
        Some(binary) => binary.canonicalize()?,
        None => std::env::current_exe()?.with_file_name("cuebook"),
    };
    if let Some(sleepers) = arguments.sleepers {
        let report = check_sleepers(binary, sleepers).await?;
        println!("{report}");
        return Ok(ExitCode::from(u8::from(!report.wrong().is_empty())));
    }
    let plan = Plan {
        binary,
        kills: arguments.kills,
        rate: arguments.rate,
        seed: arguments
            .seed
            .unwrap_or_else(|| chance.uuid(SystemClock.now()).as_u64_pair().1),
    };
    println!("seed {}", plan.seed);
    let report = check(&plan).await?;
    println!("{report}");
    let is_well = report.wrong.is_empty();
    Ok(ExitCode::from(u8::from(!is_well)))
}
