//! The accept loop: takes connections while there are seats, pauses after errors instead of spinning, ends when told.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::admission::Admission;
use crate::connection::Serving;

/// Accepts connections until the server is stopped. The listener is closed then.
pub(crate) async fn accept_until_stopped(
    listener: TcpListener,
    serving: Serving,
    admission: Arc<Admission>,
) {
    let stop = serving.stop.clone();
    loop {
        let seat = tokio::select! {
            () = stop.cancelled() => return,
            seat = admission.admit() => seat,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, remote)) => {
                // Answers are small and whole: waiting to fill a packet would only delay them.
                let _ = stream.set_nodelay(true);
                serving
                    .tasks
                    .spawn(serving.clone().welcome(stream, remote, seat));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections; trying again");
                tokio::time::sleep(serving.limits.accept_pause).await;
            }
        }
    }
}

/// Whether an error of `accept` concerns the connection that was to be accepted and not the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
