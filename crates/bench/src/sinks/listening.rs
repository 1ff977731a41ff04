//! A thread that listens on loopback and talks with whoever connects. It ends with the process.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::arrivals::Arrivals;

/// A sink that listens.
pub(super) struct Listening {
    /// Where.
    pub(super) address: SocketAddr,
    /// What has arrived.
    pub(super) arrivals: Arc<Arrivals>,
}

impl Listening {
    /// Starts one that has `talk` with each connection.
    pub(super) fn start<F>(
        talk: impl Fn(TcpStream, Arc<Arrivals>) -> F + Send + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = io::Result<()>> + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let arrivals = Arc::new(Arrivals::default());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let for_thread = arrivals.clone();
        thread::spawn(move || {
            let tasks = LocalSet::new();
            // It only ends when it can no longer listen, and then nothing arrives: the scenario says so.
            let _ = runtime.block_on(tasks.run_until(serve(listener, for_thread, talk)));
        });
        Ok(Self { address, arrivals })
    }
}

async fn serve<F>(
    listener: std::net::TcpListener,
    arrivals: Arc<Arrivals>,
    talk: impl Fn(TcpStream, Arc<Arrivals>) -> F,
) -> io::Result<()>
where
    F: Future<Output = io::Result<()>> + 'static,
{
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::task::spawn_local(talk(stream, arrivals.clone()));
    }
}
