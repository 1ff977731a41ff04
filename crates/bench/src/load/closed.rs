//! A closed loop: each connection sends its next webhook when the former was answered. Shows how much goes through.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::connection::Connection;
use super::latencies::Latencies;
use super::target::Target;

/// What a closed loop showed.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    /// Webhooks answered 202, the warm-up included.
    pub(crate) acknowledged: u64,
    /// Webhooks answered 202 each second, after the warm-up.
    pub(crate) per_second: f64,
    /// From the first byte sent to the last one received.
    pub(crate) latencies: Latencies,
    /// Whatever was answered otherwise.
    pub(crate) refused: u64,
}

/// What the connections share.
struct Shared {
    target: Target,
    next: Cell<u64>,
    refused: Cell<u64>,
    acknowledged: Cell<u64>,
    measured_from: Instant,
    end: Instant,
}

/// Drives `target` over `connections` for `warm_up` and `seconds`, with webhooks from number `first` on.
pub(crate) fn closed(
    target: &Target,
    connections: usize,
    (warm_up, seconds): (Duration, Duration),
    first: u64,
) -> anyhow::Result<Closed> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let measured_from = Instant::now() + warm_up;
    let shared = Rc::new(Shared {
        target: target.clone(),
        next: Cell::new(first),
        refused: Cell::new(0),
        acknowledged: Cell::new(0),
        measured_from,
        end: measured_from + seconds,
    });
    let tasks = LocalSet::new();
    let driven: Vec<_> = (0..connections)
        .map(|_| tasks.spawn_local(drive(shared.clone())))
        .collect();
    let latencies = runtime.block_on(tasks.run_until(async {
        let mut latencies = Latencies::default();
        for task in driven {
            latencies.absorb(task.await?.context("a connection of the load broke")?);
        }
        anyhow::Ok(latencies)
    }))?;
    if latencies.len() == 0 {
        bail!(
            "nothing was acknowledged ({} refused)",
            shared.refused.get()
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let per_second = latencies.len() as f64 / seconds.as_secs_f64();
    Ok(Closed {
        acknowledged: shared.acknowledged.get(),
        per_second,
        latencies,
        refused: shared.refused.get(),
    })
}

async fn drive(shared: Rc<Shared>) -> io::Result<Latencies> {
    let mut latencies = Latencies::default();
    let mut connection = Connection::open(shared.target.address).await?;
    loop {
        let begun = Instant::now();
        if begun >= shared.end {
            return Ok(latencies);
        }
        let number = shared.next.replace(shared.next.get() + 1);
        let status = connection.exchange(&shared.target.request(number)).await?;
        if status != 202 {
            shared.refused.set(shared.refused.get() + 1);
            continue;
        }
        shared.acknowledged.set(shared.acknowledged.get() + 1);
        let answered = Instant::now();
        if begun >= shared.measured_from && answered <= shared.end {
            latencies.note(answered - begun);
        }
    }
}
