//! A system that takes every HTTP request.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::arrivals::Arrivals;
use super::listening::Listening;
use crate::load::{content_length, head_end};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// The sink. Its thread ends with the process.
pub(crate) struct HttpSink {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What has arrived.
    pub(crate) arrivals: Arc<Arrivals>,
}

impl HttpSink {
    /// Starts one.
    pub(crate) fn start() -> io::Result<Self> {
        let Listening { address, arrivals } = Listening::start(talk)?;
        Ok(Self { address, arrivals })
    }
}

async fn talk(mut stream: TcpStream, arrivals: Arc<Arrivals>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let whole = loop {
            if let Some(end) = head_end(&buffer) {
                let whole = end + content_length(&buffer[..end]).unwrap_or(0);
                if buffer.len() >= whole {
                    break whole;
                }
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        arrivals.arrived(&buffer[..whole]);
        buffer.drain(..whole);
        stream.write_all(ANSWER).await?;
    }
}
