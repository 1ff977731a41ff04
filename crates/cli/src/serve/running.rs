//! Everything that runs: started in the order of who needs whom, and stopped in the opposite one.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use cuebook_core::secret::SecretLookup;
use cuebook_rules::{ActiveRules, RuleSet};
use cuebook_server::{DiskRoom, RuleProblems, Server, ServerParts};
use cuebook_ticketpark::Client;
use cuebook_worker::{Worker, WorkerParts};
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, EffectsMode, Environment};
use crate::engine;

use super::disk::{DiskWatch, room_of};
use super::ground::Ground;
use super::parts;
use super::rules::{InForce, ReloadMetrics, Source, Unusable};
use super::script_secrets::ScriptSecrets;
use super::ticketpark_login::LoggingIn;
use super::url::{database_url, local_url, sqlite_file, url_of};

/// How long requests in hand may take at the end.
const SERVER_GRACE: Duration = Duration::from_secs(8);
/// How long calls and sends in hand may take at the end. With the above less than the 30 s that are promised.
const WORKER_GRACE: Duration = Duration::from_secs(15);
/// How often the login at Ticketpark is looked after.
const TEND_EVERY: Duration = Duration::from_hours(1);

/// Everything that runs.
pub(super) struct Running {
    ground: Ground,
    /// Only where this process works.
    worker: Option<Worker>,
    server: Server,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// How it stands at the start.
pub(super) struct Started {
    /// The URL that others use.
    pub(super) url: String,
    /// How many rules run.
    pub(super) rules: usize,
    /// What is wrong with the rules' folder, if anything is.
    pub(super) problem: Option<Unusable>,
}

impl Running {
    /// Starts everything on `ground`.
    pub(super) async fn start(
        ground: Ground,
        listener: TcpListener,
        config: &Config,
        environment: &Environment,
    ) -> anyhow::Result<(Self, Started)> {
        let ticketpark = parts::ticketpark(config, &ground.store, &ground.clock)?;
        ground.log_in(ticketpark.as_deref()).await?;
        let secrets: Arc<dyn SecretLookup> = Arc::new(ScriptSecrets::new(
            environment,
            ground.store.script_secrets(),
        )?);
        let clock = ground.clock.clone();
        let effects = parts::effects(config, ticketpark.clone(), secrets.clone(), clock.clone())?
            .forwarding_to(ground.store.destinations());
        ground
            .store
            .capture_deliveries(config.effects == EffectsMode::Capture);

        let mut registry = Registry::default();
        ground.store.register_metrics(&mut registry);
        let rules = InForce {
            engine: engine::for_server(config, secrets)?,
            store: ground.store.clone(),
            active: Arc::new(ActiveRules::new(RuleSet::empty())),
            problems: Arc::new(RuleProblems::new()),
            metrics: ReloadMetrics::register(&mut registry),
            clock: clock.clone(),
        };
        let source = Source::of(config, rules.clone());
        let problem = source
            .begin()
            .await
            .context("cannot read the stored rules")?;

        let disk_room = DiskRoom::default();
        let disk_watch = watched_folder(config, &ground).map(|folder| {
            let probe = move || room_of(&folder);
            DiskWatch::new(probe, config.disk_reserve, disk_room.clone(), &mut registry)
        });
        let disk_watch = disk_watch.map(|mut watch| {
            // Before the first webhook comes.
            watch.look();
            watch
        });

        let listening = listener.local_addr()?;
        let url = url_of(config, listening);
        let parts = WorkerParts {
            store: ground.store.clone(),
            engine: rules.engine.clone(),
            rules: rules.active.clone(),
            effects: Arc::new(effects),
            clock: clock.clone(),
            chance: ground.chance.clone(),
            metrics: Arc::new(cuebook_worker::Metrics::register(&mut registry)),
            reconcile_every: config.asking.every,
            alerts: parts::alerts(config, url.clone(), disk_room.clone()),
            retention: config.retention,
            script_threads: thread::available_parallelism().map_or(2, usize::from),
        };
        let worker = if config.role.works() {
            Some(Worker::start(parts)?)
        } else {
            None
        };
        let parts = ServerParts {
            store: ground.store.clone(),
            engine: rules.engine.clone(),
            rules: rules.active.clone(),
            rule_problems: rules.problems.clone(),
            clock,
            chance: ground.chance.clone(),
            metrics: cuebook_server::Metrics::register(&mut registry),
            registry: Arc::new(registry),
            ticketpark: LoggingIn::at(ticketpark.as_ref(), config),
            settings: parts::server_settings(config, url.clone(), disk_room),
        };
        let server = Server::start(listener, parts).await?;
        ground
            .folder
            .set_server_url(&local_url(listening, config.tls.is_some()))?;

        let started = Started {
            url,
            rules: rules.active.load().rules.len(),
            problem,
        };
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(source.watch(stop.clone()));
        if let Some(watch) = disk_watch {
            tasks.spawn(watch.watch(stop.clone()));
        }
        if let Some(client) = ticketpark {
            tasks.spawn(tend_login(client, stop.clone()));
        }
        let running = Self {
            ground,
            worker,
            server,
            tasks,
            stop,
        };
        Ok((running, started))
    }

    /// What it stands on.
    pub(super) fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Takes nothing new, lets what is in hand finish, gives back the rest.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.server.stop(SERVER_GRACE).await;
        if let Some(worker) = self.worker {
            worker.stop(WORKER_GRACE).await;
        }
        self.tasks.wait().await;
        self.ground.close().await;
    }
}

/// Renews Ticketpark's refresh token before it ends, and warns when it is about to.
async fn tend_login(client: Arc<Client>, stop: CancellationToken) {
    let mut hours = tokio::time::interval(TEND_EVERY);
    while stop.run_until_cancelled(hours.tick()).await.is_some() {
        if let Some(Err(error)) = stop.run_until_cancelled(client.tend()).await {
            tracing::warn!(%error, "the login at Ticketpark could not be renewed");
        }
    }
}

/// The folder of the SQLite database, whose disk may get full; another database has its own.
fn watched_folder(config: &Config, ground: &Ground) -> Option<PathBuf> {
    let url = database_url(config, &ground.folder);
    let mut folder = sqlite_file(url.reveal())?;
    folder.pop();
    if folder.as_os_str().is_empty() {
        folder.push(".");
    }
    Some(folder)
}
