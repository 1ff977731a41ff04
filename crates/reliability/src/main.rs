//! `cargo run --release -p cuebook-reliability -- --kills 200 --rate 200`, `-- --clients 10000`, `-- --sleepers 100000`, `-- --outages 50` or
//! `-- --takeovers`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use cuebook_core::chance::{Chance as _, SystemChance};
use cuebook_core::clock::{Clock as _, SystemClock};
use cuebook_reliability::{
    ClientsPlan, OutagePlan, Plan, TakeoverPlan, check, check_clients, check_outages,
    check_sleepers, check_takeovers,
};

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
    /// Instead of killing it: stop a Postgres of its own so often, and once more for `--longest` seconds.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    outages: Option<u32>,
    /// How long the last outage is, in seconds.
    #[arg(long, default_value_t = 60)]
    longest: u64,
    /// Instead: of two nodes on a Postgres of its own kill one, and freeze one for `--frozen` seconds.
    #[arg(long)]
    takeovers: bool,
    /// Instead: beleaguer it with so many idle and `--slow` slow connections, and take its file descriptors.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    clients: Option<u32>,
    /// How many connections are slow.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(0..=50_000))]
    slow: u32,
    /// How long a node may be silent, in seconds.
    #[arg(long, default_value_t = 30)]
    lease: u64,
    /// How long one is frozen, in seconds.
    #[arg(long, default_value_t = 60)]
    frozen: u64,
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
    if let Some(idle) = arguments.clients {
        let plan = ClientsPlan {
            binary,
            slow: arguments.slow as usize,
            idle: idle as usize,
            descriptors: 256,
            requests: 1_000,
        };
        let report = check_clients(&plan).await?;
        println!("{report}");
        return Ok(ExitCode::from(u8::from(!report.wrong().is_empty())));
    }
    let by_chance = || chance.uuid(SystemClock.now()).as_u64_pair().1;
    let seed = arguments.seed.unwrap_or_else(by_chance);
    println!("seed {seed}");
    let rate = arguments.rate;
    let is_well = if let Some(outages) = arguments.outages {
        let plan = OutagePlan {
            binary,
            outages: outages + 1,
            longest: Duration::from_secs(arguments.longest),
            rate,
            seed,
            slack: Duration::ZERO,
        };
        let report = check_outages(&plan).await?;
        println!("{report}");
        report.wrong.is_empty()
    } else if arguments.takeovers {
        let plan = TakeoverPlan {
            binary,
            lease: Duration::from_secs(arguments.lease),
            frozen: Duration::from_secs(arguments.frozen),
            rate,
            seed,
            slack: Duration::ZERO,
        };
        let report = check_takeovers(&plan).await?;
        println!("{report}");
        report.wrong.is_empty()
    } else {
        let kills = arguments.kills;
        let plan = Plan {
            binary,
            kills,
            rate,
            seed,
        };
        let report = check(&plan).await?;
        println!("{report}");
        report.wrong.is_empty()
    };
    Ok(ExitCode::from(u8::from(!is_well)))
}
