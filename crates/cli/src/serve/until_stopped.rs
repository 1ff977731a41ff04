//! The life of `cuebook serve`, from the command line to the exit code.

use std::net::{SocketAddr, TcpListener};

use anyhow::anyhow;
use cuebook_store::{Stopped, Store};

use crate::config::{Config, ConfigError, EffectsMode, Environment, LogFormat};
use crate::exit::{Exit, Failure};
use crate::output::Colour;
use crate::{diagnostics, output};

use super::banner::Banner;
use super::ground::Ground;
use super::rules::Unusable;
use super::running::Running;
use super::stop_signal::StopSignal;
use super::{service_manager, socket};

/// What the command line asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// With a pretend Ticketpark.
    pub(crate) demo: bool,
    /// Something in front speaks TLS.
    pub(crate) behind_proxy: bool,
}

/// Serves until somebody says stop.
pub(crate) async fn serve(
    config: Config,
    options: Options,
    handed_over: Option<TcpListener>,
    environment: &Environment,
) -> Result<Exit, Failure> {
    serve_and(config, options, handed_over, environment, |_| Ok(())).await
}

/// The same; when it is ready, `ready` is called with the store.
pub(crate) async fn serve_and(
    mut config: Config,
    options: Options,
    handed_over: Option<TcpListener>,
    environment: &Environment,
    ready: impl FnOnce(&Store) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let address = match &handed_over {
        Some(listener) => listener.local_addr().map_err(Failure::unreachable)?,
        None => config.listen,
    };
    refuse_open_door(address, options.behind_proxy, config.tls.is_some())?;
    let mut signal = StopSignal::listen().map_err(Failure::unreachable)?;
    let running = start(&mut config, options, handed_over, environment)
        .await
        .map_err(judge)?;
    service_manager::ready();
    if let Err(failure) = ready(&running.ground().store) {
        running.stop().await;
        return Err(failure);
    }
    signal.next().await;
    tracing::info!("stopping");
    service_manager::stopping();
    tokio::select! {
        () = running.stop() => {}
        () = signal.next() => {
            return Err(Failure::unreachable(anyhow!(
                "stopped at once by a second signal; what was in hand is taken up at the next start"
            )));
        }
    }
    tracing::info!("stopped");
    Ok(Exit::Good)
}

async fn start(
    config: &mut Config,
    options: Options,
    handed_over: Option<TcpListener>,
    environment: &Environment,
) -> anyhow::Result<Running> {
    // The address first: a second server on it must not touch the data folder of the one that runs.
    let listener = match handed_over {
        Some(listener) => listener,
        None => socket::own(config.listen)?,
    };
    let ground = Ground::open(config, options.demo).await?;
    let (running, started) = Running::start(ground, listener, config, environment).await?;
    if let Some(problem) = &started.problem {
        show(problem, config.log_format, Colour::of_stderr(environment));
    }
    let paused = paused(&running.ground().store).await?;
    if let Some(what) = &paused {
        tracing::warn!(
            paused = what,
            "paused: webhooks are stored, and this does not go on"
        );
    }
    let banner = Banner {
        config,
        folder: &running.ground().folder,
        access: &running.ground().access,
        url: &started.url,
        rules: started.rules,
        demo: options.demo,
        captured: captured(config, options.demo),
        paused,
    };
    output::text(&banner.text(Colour::of_stdout(environment)));
    Ok(running)
}

/// What is wrong with the configuration is wrong usage, also where only its use shows it.
fn judge(error: anyhow::Error) -> Failure {
    let configured = error.is::<ConfigError>()
        || error.is::<cuebook_effects::EffectError>()
        || error.is::<cuebook_store::NotASecretKey>();
    if configured {
        Failure::usage(error)
    } else {
        Failure::unreachable(error)
    }
}

/// Keys and customers' data go over this connection.
fn refuse_open_door(listen: SocketAddr, behind_proxy: bool, tls: bool) -> Result<(), Failure> {
    if listen.ip().is_loopback() || behind_proxy || tls {
        return Ok(());
    }
    Err(Failure::usage(anyhow!(
        "{listen} can be reached from other machines, and keys and customers' data would go there unencrypted: set `tls.cert` and `tls.key`, or put a proxy that speaks TLS in front and say so with --behind-proxy, or listen on 127.0.0.1"
    )))
}

/// What an operator has paused, in words.
async fn paused(store: &Store) -> anyhow::Result<Option<String>> {
    let stops = store.stops().await?;
    let words: Vec<String> = stops
        .iter()
        .filter_map(|stop| {
            let what = match stop.what {
                Stopped::Everything => "runs and sends",
                Stopped::Sends => "sends",
                Stopped::NewRuns => return None,
            };
            let rule = stop.rule.as_ref();
            let of = rule.map_or_else(|| "all rules".to_owned(), ToString::to_string);
            Some(format!("{what} of {of}"))
        })
        .collect();
    Ok((!words.is_empty()).then(|| words.join(", ")))
}

fn captured(config: &Config, demo: bool) -> Option<&'static str> {
    match (demo, config.effects, &config.smtp.url) {
        (true, ..) => Some("recorded, none performed: this is a demo"),
        (_, EffectsMode::Capture, _) => Some("recorded, none performed: `effects` is `capture`"),
        (_, EffectsMode::Perform, None) => {
            Some("performed, but mails are only recorded: `smtp.url` is not set")
        }
        (_, EffectsMode::Perform, Some(_)) => None,
    }
}

/// Shows what is wrong with the rules, with the places; line by line to a log that machines read.
fn show(problem: &Unusable, format: LogFormat, colour: Colour) {
    match (problem, format) {
        (Unusable::Invalid(found, files), LogFormat::Text) => {
            output::note(diagnostics::render_all(found, &files.0, colour).trim_end());
        }
        (Unusable::Invalid(found, _), LogFormat::Json) => {
            for diagnostic in found {
                tracing::error!("{diagnostic}");
            }
        }
        (other, _) => {
            let error: &dyn std::error::Error = other;
            tracing::error!(error, "the rules' folder");
        }
    }
}
