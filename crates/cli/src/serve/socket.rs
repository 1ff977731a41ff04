//! The socket that the server listens on: its own, or one that the service manager holds and hands over. A socket that
//! is held outlives the server: who connects while it restarts waits, and is not refused.
//!
//! The protocol is systemd's (`sd_listen_fds(3)`): `LISTEN_PID` is this process, `LISTEN_FDS` the number of sockets, and the
//! first of them is descriptor 3.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context as _, anyhow};
use listenfd::ListenFd;

use crate::config::Environment;
use crate::exit::Failure;

/// The socket that the service manager has handed over, if it has. To be asked once, before this process opens anything
/// or starts a thread: the socket is found by its number.
pub(crate) fn handed_over(environment: &Environment) -> Result<Option<TcpListener>, Failure> {
    // Handed over to another process, from which this one has inherited the variables.
    if environment.get("LISTEN_PID") != Some(&std::process::id().to_string()) {
        return Ok(None);
    }
    let mut sockets = ListenFd::from_env();
    if sockets.len() > 1 {
        return Err(Failure::usage(anyhow!(
            "the service manager hands over {} sockets, and Cuebook listens on one: leave one ListenStream= in the .socket unit",
            sockets.len()
        )));
    }
    sockets.take_tcp_listener(0).map_err(|error| {
        let error = anyhow!(error);
        Failure::usage(error.context("the service manager hands over something else than a TCP socket: ListenStream= in the .socket unit is an address with a port"))
    })
}

/// Listens on `address`.
pub(super) fn own(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))
}
