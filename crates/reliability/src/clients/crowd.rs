//! Many connections that take their time.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// How many connections are made at the same time.
const TOGETHER: usize = 200;
/// How long a connection may take to be made.
const PATIENCE: Duration = Duration::from_secs(20);
/// By when each slow connection has to be closed, with a little for the measuring itself.
const CLOSED: Duration = Duration::from_secs(25);

/// How they take their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Every other one stops within its head, the others within their body.
    Slow,
    /// They say nothing.
    Idle,
}

/// Open connections, each with the moment at which it was made.
pub(super) struct Crowd(Vec<(Instant, TcpStream)>);

impl Crowd {
    /// Makes `count` connections to the server at `url`.
    pub(super) async fn gather(
        url: &str,
        hook: &str,
        count: usize,
        manner: Manner,
    ) -> anyhow::Result<Self> {
        let address = url.trim_start_matches("http://").to_owned();
        let hook = Url::parse(hook)?;
        let body = format!(
            "POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{",
            hook.path()
        );
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let some = (all.len()..count).take(TOGETHER).map(|number| {
                let says = match manner {
                    Manner::Idle => "",
                    Manner::Slow if number % 2 == 0 => "GET /healthz HTTP/1.1\r\nho",
                    Manner::Slow => body.as_str(),
                };
                connect(&address, says)
            });
            for made in join_all(some).await {
                all.push(made?);
            }
        }
        Ok(Self(all))
    }

    /// Waits until the server has closed all of them. How long the longest was open.
    pub(super) async fn closed(self) -> anyhow::Result<Duration> {
        let ends = self.0.into_iter().map(|(made, mut stream)| async move {
            let mut said = Vec::new();
            // In order or by a reset: closed is closed.
            let end = timeout(CLOSED, stream.read_to_end(&mut said)).await;
            ensure!(end.is_ok(), "a slow connection is open after {CLOSED:?}");
            Ok(made.elapsed())
        });
        let longest = join_all(ends).await.into_iter();
        let longest = longest.collect::<anyhow::Result<Vec<Duration>>>()?;
        longest.into_iter().max().context("nobody was slow")
    }
}

async fn connect(address: &str, says: &str) -> anyhow::Result<(Instant, TcpStream)> {
    let made = timeout(PATIENCE, TcpStream::connect(address)).await;
    let mut stream = made.context("no connection is made any more")??;
    let now = Instant::now();
    // One that was closed at once has nothing more to say.
    drop(stream.write_all(says.as_bytes()).await);
    Ok((now, stream))
}
