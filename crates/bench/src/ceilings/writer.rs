//! One thread that writes: whatever has gathered while the last commit ran goes into the next transaction, one raw row an
//! event. SQLite with WAL and `synchronous=FULL`, statements prepared once.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// The most rows in one transaction.
const GROUP: usize = 512;

/// A stored event, for whoever works on it.
pub(super) struct Job {
    pub(super) id: Uuid,
    pub(super) body: Vec<u8>,
}

/// The writer has gone.
#[derive(Debug, thiserror::Error)]
#[error("the writer has ended")]
pub(super) struct Gone;

enum Request {
    Store(Job, oneshot::Sender<()>),
    Done(Uuid),
}

/// The way to the thread.
#[derive(Clone)]
pub(super) struct Writer(Sender<Request>);

impl Writer {
    /// Makes the file and starts the thread. What is stored is given to `jobs`.
    pub(super) fn start(
        database: &Path,
        jobs: Option<mpsc::UnboundedSender<Job>>,
    ) -> anyhow::Result<Self> {
        let connection = Connection::open(database)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(
            "CREATE TABLE events (id BLOB PRIMARY KEY, body BLOB NOT NULL, done INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
        )?;
        let (requests, queue) = channel();
        thread::spawn(move || {
            // The callers learn that it has ended from their channels.
            let _ = work(connection, &queue, jobs.as_ref());
        });
        Ok(Self(requests))
    }

    /// Stores an event; gives when it is on disk.
    pub(super) async fn store(&self, id: Uuid, body: Vec<u8>) -> Result<(), Gone> {
        let (reply, stored) = oneshot::channel();
        let request = Request::Store(Job { id, body }, reply);
        self.0.send(request).map_err(|_| Gone)?;
        stored.await.map_err(|_| Gone)
    }

    /// Notes that an event is done, with the next commit.
    pub(super) fn done(&self, id: Uuid) {
        // A writer that has ended has told whoever waits for it.
        let _ = self.0.send(Request::Done(id));
    }
}

fn work(
    mut connection: Connection,
    queue: &Receiver<Request>,
    jobs: Option<&mpsc::UnboundedSender<Job>>,
) -> rusqlite::Result<()> {
    let mut stored = Vec::with_capacity(GROUP);
    while let Ok(first) = queue.recv() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO events (id, body) VALUES (?, ?)")?;
            let mut mark = transaction.prepare_cached("UPDATE events SET done = 1 WHERE id = ?")?;
            let rest = std::iter::from_fn(|| queue.try_recv().ok());
            for request in std::iter::once(first).chain(rest).take(GROUP) {
                match request {
                    Request::Store(job, reply) => {
                        insert.execute((job.id.as_bytes().as_slice(), &job.body))?;
                        stored.push((job, reply));
                    }
                    Request::Done(id) => {
                        mark.execute((id.as_bytes().as_slice(),))?;
                    }
                }
            }
        }
        transaction.commit()?;
        for (job, reply) in stored.drain(..) {
            // A caller that has gone does not want to know.
            let _ = reply.send(());
            if let Some(jobs) = jobs {
                let _ = jobs.send(job);
            }
        }
    }
    Ok(())
}
