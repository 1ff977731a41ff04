//! `cuebook dev`.

use clap::Args;
use tokio::runtime::Builder;

use crate::config::Config;
use crate::context::Context;
use crate::dev::{self, Desk};
use crate::exit::{Exit, Failure};
use crate::output::Colour;
use crate::serve::{Options, send_as_demo, serve_and};
use crate::{definitions, logging, trial};

/// As in a demo; what is wrong with rules is told with its place by the check, and not once more in the log.
const LOG: &str = "warn,cuebook_worker=info,cuebook::serve=info,cuebook::serve::rules=off";

/// Serve a demo, and check, test and try each rule that you save.
///
/// A save is checked, its tests are run, and the rule as it was and as it is are tried on the last event that is for it,
/// without performing anything: what the new one does otherwise is shown. The definition files for editors are brought up
/// to date at the start.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cuebook dev\n  CUEBOOK_LISTEN=127.0.0.1:9000 cuebook dev")]
pub(crate) struct Dev {}

/// Serves and follows the saves until somebody says stop.
pub(crate) fn run(_: &Dev, context: &Context) -> Result<Exit, Failure> {
    let gathered = context.gathered()?;
    let config = Config::read(&gathered).map_err(Failure::usage)?;
    let mut of_demo = context.config()?;
    send_as_demo(&mut of_demo);
    let environment = context.environment();
    let log = if gathered.is_given("log") {
        &config.log
    } else {
        LOG
    };
    logging::start(log, config.log_format, Colour::of_stderr(environment))?;
    definitions::write(&config.rules_dir.join(definitions::FOLDER))
        .map_err(Failure::unreachable)?;
    let options = Options {
        demo: true,
        behind_proxy: false,
    };
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::unreachable)?;
    let handle = runtime.handle().clone();
    let ended = runtime.block_on(serve_and(config, options, None, environment, |store| {
        dev::begin(Desk {
            config: of_demo,
            store: store.clone(),
            secrets: trial::given(context, store.script_secrets())?,
            handle,
            colour: Colour::of_stdout(environment),
        })
    }));
    // A check or a test in hand must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    ended
}
