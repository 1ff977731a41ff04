//! An open loop: webhooks leave at fixed instants, whether the former were answered or not. Shows how long things take.
//!
//! Each time counts from the instant at which its webhook was due, not from when a connection was free for it: what waits
//! behind a slow answer counts as slow, too. On threads, since a runtime's timers are too coarse.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};

use super::connection::status_if_whole;
use super::latencies::Latencies;
use super::target::Target;

/// So many webhooks may be under way.
const CONNECTIONS: usize = 32;

/// What an open loop showed.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// From the instant a webhook was due to its answer.
    pub(crate) answered: Latencies,
    /// When the webhooks were due, from number `first` on.
    pub(crate) due: Vec<Instant>,
    /// Whatever was not answered 202.
    pub(crate) refused: u64,
}

struct Schedule {
    target: Target,
    first: u64,
    next: AtomicU64,
    due: Vec<Instant>,
}

/// Sends `rate` webhooks a second to `target` for `seconds`, from number `first` on.
pub(crate) fn open(
    target: &Target,
    rate: u32,
    seconds: Duration,
    first: u64,
) -> anyhow::Result<Opened> {
    let begin = Instant::now() + Duration::from_millis(50);
    let each = Duration::from_secs(1) / rate.max(1);
    let count = u32::try_from(seconds.as_nanos() / each.as_nanos().max(1))?;
    let schedule = Arc::new(Schedule {
        target: target.clone(),
        first,
        next: AtomicU64::new(0),
        due: (0..count).map(|number| begin + each * number).collect(),
    });
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let schedule = schedule.clone();
            thread::spawn(move || send(&schedule))
        })
        .collect();
    let (mut answered, mut refused) = (Latencies::default(), 0);
    for thread in threads {
        let joined = thread.join().map_err(|_| anyhow!("a thread panicked"))?;
        let (times, wrong) = joined.context("a connection of the load broke")?;
        answered.absorb(times);
        refused += wrong;
    }
    Ok(Opened {
        answered,
        due: schedule.due.clone(),
        refused,
    })
}

fn send(schedule: &Schedule) -> io::Result<(Latencies, u64)> {
    let mut stream = TcpStream::connect(schedule.target.address)?;
    stream.set_nodelay(true)?;
    let (mut times, mut refused) = (Latencies::default(), 0);
    let mut buffer = Vec::with_capacity(1024);
    loop {
        let place = schedule.next.fetch_add(1, Ordering::Relaxed);
        let Some(due) = usize::try_from(place)
            .ok()
            .and_then(|at| schedule.due.get(at))
        else {
            return Ok((times, refused));
        };
        let request = schedule.target.request(schedule.first + place);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        stream.write_all(&request)?;
        match answer(&mut stream, &mut buffer)? {
            202 => times.note(due.elapsed()),
            _ => refused += 1,
        }
    }
}

fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<u16> {
    buffer.clear();
    let mut chunk = [0; 1024];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer.extend_from_slice(&chunk[..read]);
        if let Some(status) = status_if_whole(buffer)? {
            return Ok(status);
        }
    }
}
