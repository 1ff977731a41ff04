//! A ceiling's process: starts what it needs, tells its address, answers until it is killed.

use std::fs;
use std::net::Ipv4Addr;

use poem::listener::TcpAcceptor;
use poem::{Route, Server, post};
use tokio::runtime::Builder;
use tokio::sync::mpsc;

use super::endpoint::Receive;
use super::workers;
use super::writer::Writer;
use crate::arguments::{Ceiling, CeilingKind};

/// The path that takes webhooks.
const PATH: &str = "/hook";

/// Serves a ceiling until the process is killed.
pub(crate) fn serve(ceiling: &Ceiling) -> anyhow::Result<()> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let writer = match ceiling.kind {
            CeilingKind::Http => None,
            CeilingKind::Durable => Some(Writer::start(&ceiling.database, None)?),
            CeilingKind::Job => {
                let (jobs, queue) = mpsc::unbounded_channel();
                let writer = Writer::start(&ceiling.database, Some(jobs))?;
                workers::start(queue, writer.clone(), ceiling.sink)?;
                Some(writer)
            }
        };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        fs::write(&ceiling.address_file, listener.local_addr()?.to_string())?;
        let server = Server::new_with_acceptor(TcpAcceptor::from_std(listener)?);
        server
            .run(Route::new().at(PATH, post(Receive { writer })))
            .await?;
        Ok(())
    })
}
