//! A system that takes every HTTP request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::arrivals::Arrivals;
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
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let arrivals = Arc::new(Arrivals::default());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let for_thread = arrivals.clone();
        thread::spawn(move || {
            let tasks = LocalSet::new();
            // It only ends when it can no longer listen, and then nothing arrives: the scenario says so.
            let _ = runtime.block_on(tasks.run_until(serve(listener, for_thread)));
        });
        Ok(Self { address, arrivals })
    }
}

async fn serve(listener: std::net::TcpListener, arrivals: Arc<Arrivals>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::task::spawn_local(talk(stream, arrivals.clone()));
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
