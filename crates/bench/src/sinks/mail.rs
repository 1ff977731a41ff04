//! A mail server that takes every mail (RFC 5321, as much as a client needs).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::arrivals::Arrivals;
use super::listening::Listening;

/// The sink. Its thread ends with the process.
pub(crate) struct MailSink {
    address: SocketAddr,
    /// What has arrived.
    pub(crate) arrivals: Arc<Arrivals>,
}

impl MailSink {
    /// Starts one.
    pub(crate) fn start() -> io::Result<Self> {
        let Listening { address, arrivals } = Listening::start(talk)?;
        Ok(Self { address, arrivals })
    }

    /// Its URL, as `smtp.url` takes it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }
}

async fn talk(stream: TcpStream, arrivals: Arc<Arrivals>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, b"220 sink\r\n").await?;
    let mut line = Vec::new();
    let mut subject = Vec::new();
    let mut in_data = false;
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if in_data {
            if line.starts_with(b"Subject:") {
                subject.clone_from(&line);
            }
            if line == b".\r\n" {
                in_data = false;
                arrivals.arrived(&subject);
                say(&mut stream, b"250 taken\r\n").await?;
            }
            continue;
        }
        match line.get(..4).map(<[u8]>::to_ascii_uppercase).as_deref() {
            Some(b"DATA") => {
                in_data = true;
                say(&mut stream, b"354 go on\r\n").await?;
            }
            Some(b"QUIT") => return say(&mut stream, b"221 bye\r\n").await,
            Some(b"EHLO") => say(&mut stream, b"250-sink\r\n250 8BITMIME\r\n").await?,
            _ => say(&mut stream, b"250 ok\r\n").await?,
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, words: &[u8]) -> io::Result<()> {
    stream.write_all(words).await?;
    stream.flush().await
}
