//! A pretend Ticketpark and a client that has logged in there.

use std::net::Ipv4Addr;
use std::sync::Arc;

use cuebook_core::Clock;
use cuebook_pretend::{Options, Pretend};
use cuebook_ticketpark::{Client, MemoryTokenStore, Secret};

/// The user of the pretend Ticketpark.
const USER: &str = "box-office";
/// Their password.
const PASSWORD: &str = "a password for tests";

/// Ticketpark, as a Cuebook in a test reaches it.
pub(crate) struct Ticketpark {
    /// The server, where it runs in this process.
    pub(crate) server: Option<Pretend>,
    /// A client that has logged in.
    pub(crate) client: Arc<Client>,
}

/// Starts a pretend Ticketpark.
///
/// # Panics
/// When it does not start.
#[expect(
    clippy::expect_used,
    reason = "a test whose Ticketpark does not start has failed"
)]
pub async fn pretend_ticketpark(clock: Arc<dyn Clock>) -> Pretend {
    Pretend::start(Options {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        client_key: "key".to_owned(),
        client_secret: "secret".to_owned(),
        username: USER.to_owned(),
        password: PASSWORD.to_owned(),
        now: now(clock),
    })
    .await
    .expect("the pretend Ticketpark starts")
}

impl Ticketpark {
    /// Starts one of its own and logs in.
    pub(crate) async fn start(clock: Arc<dyn Clock>) -> Self {
        let server = pretend_ticketpark(clock.clone()).await;
        let mut there = Self::at(&server.url(), clock).await;
        there.server = Some(server);
        there
    }

    /// Logs in at the one at `url`.
    #[expect(
        clippy::expect_used,
        reason = "a test whose Ticketpark cannot be used has failed"
    )]
    pub(crate) async fn at(url: &str, clock: Arc<dyn Clock>) -> Self {
        let client = Client::new(
            cuebook_ticketpark::Settings {
                url: url.parse().expect("the pretend Ticketpark's URL"),
                client_key: "key".to_owned(),
                client_secret: Secret::new("secret"),
                username: Some(USER.to_owned()),
            },
            Arc::new(MemoryTokenStore::default()),
            cuebook_ticketpark::transport().expect("an HTTP client"),
            now(clock),
        );
        client.login(PASSWORD).await.expect("the login works");
        Self {
            server: None,
            client: Arc::new(client),
        }
    }
}

fn now(clock: Arc<dyn Clock>) -> cuebook_ticketpark::Now {
    Arc::new(move || clock.now())
}
