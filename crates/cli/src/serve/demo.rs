//! The demo: a pretend Ticketpark on a free loopback port, credentials made up for this one start, and a database of
//! its own, so that nothing of it mixes with real data.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use cuebook_core::secret::SecretText;
use cuebook_core::{Chance, Clock};
use cuebook_pretend::{Options, Pretend};

use crate::config::{Config, EffectsMode, Role, RulesSource, Smtp, Ticketpark};
use crate::data_folder::DataFolder;

use super::url::sqlite;

/// The sender of the demo's mails.
const SENDER: &str = "Box office <tickets@box-office.example>";
const USERNAME: &str = "demo";

/// A demo's own parts.
pub(super) struct Demo {
    pretend: Pretend,
    /// What the pretend Ticketpark takes at the login.
    pub(super) password: SecretText,
}

/// The demo's mails have a sender, and go nowhere.
pub(crate) fn send_as_demo(config: &mut Config) {
    config.smtp = Smtp {
        url: None,
        from: Some(config.smtp.from.take().unwrap_or_else(|| SENDER.to_owned())),
        allow_plain: false,
    };
}

impl Demo {
    /// Starts the pretend Ticketpark and turns `config` into the demo's.
    pub(super) async fn start(
        config: &mut Config,
        folder: &DataFolder,
        chance: &dyn Chance,
        clock: &Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let made_up = || format!("demo-{:.16}", hex::encode(chance.bytes()));
        let (client_key, client_secret, password) = (made_up(), made_up(), made_up());
        let now = clock.clone();
        let pretend = Pretend::start(Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            client_key: client_key.clone(),
            client_secret: client_secret.clone(),
            username: USERNAME.to_owned(),
            password: password.clone(),
            now: Arc::new(move || now.now()),
        })
        .await
        .context("cannot start the pretend Ticketpark")?;
        config.effects = EffectsMode::Capture;
        config.rules_source = RulesSource::Folder;
        config.role = Role::All;
        config.database_url = Some(sqlite(folder, "demo.db"));
        send_as_demo(config);
        config.ticketpark = Ticketpark {
            url: pretend
                .url()
                .parse()
                .context("the pretend Ticketpark has no URL")?,
            client: Some((client_key, SecretText::new(client_secret))),
            username: Some(USERNAME.to_owned()),
        };
        Ok(Self {
            pretend,
            password: SecretText::new(password),
        })
    }

    /// Stops the pretend Ticketpark.
    pub(super) async fn stop(self) {
        self.pretend.stop().await;
    }
}
