//! `cuebook serve`.

use clap::Args;
use tokio::runtime::Builder;

use crate::config::{self, Config};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Colour;
use crate::serve::{Options, handed_over, serve};
use crate::{logging, output};

/// In a demo each run is one line, and requests are none: what was printed at the start stays in sight.
const DEMO_LOG: &str = "warn,cuebook_worker=info,cuebook::serve=info";

/// Receive webhooks, run rules, serve the API and its docs.
///
/// The first start on an empty folder needs no flags: it makes `data/` with the database, a key for the API, a token for
/// the webhook's URL and a key for stored secrets, and prints the URLs and keys once.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook serve --demo\n  cuebook serve\n  CUEBOOK_LISTEN=0.0.0.0:8080 cuebook serve --behind-proxy\n  cuebook serve --print-config"
)]
pub(crate) struct Serve {
    /// With a pretend Ticketpark and made-up customers; effects are recorded and not performed. Uses a database of its
    /// own.
    #[arg(long)]
    demo: bool,
    /// Something in front speaks TLS: allows listening on other addresses than loopback.
    #[arg(long)]
    behind_proxy: bool,
    /// Show the configuration in force, secrets masked, and where each value came from; then stop.
    #[arg(long)]
    print_config: bool,
}

/// Serves until somebody says stop.
pub(crate) fn run(arguments: &Serve, context: &Context) -> Result<Exit, Failure> {
    let gathered = context.gathered()?;
    let config = Config::read(&gathered).map_err(Failure::usage)?;
    if arguments.print_config {
        output::text(&config::print(&gathered));
        return Ok(Exit::Good);
    }
    let colour = Colour::of_stderr(context.environment());
    let log = if arguments.demo && !gathered.is_given("log") {
        DEMO_LOG
    } else {
        &config.log
    };
    let handed_over = handed_over(context.environment())?;
    logging::start(log, config.log_format, colour)?;
    let options = Options {
        demo: arguments.demo,
        behind_proxy: arguments.behind_proxy,
    };
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::unreachable)?;
    let environment = context.environment();
    let ended = runtime.block_on(serve(config, options, handed_over, environment));
    // Whatever still hangs in a system call must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    ended
}
