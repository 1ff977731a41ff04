//! Events from the archive through threads to a report, in order. Only a few pages are under way at a time.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use cuebook_core::EventId;
use cuebook_store::{EventRange, Occurrence, StoreError};

use super::findings::{Finding, JsonFindings, Listed, findings};
use super::progress::Progress;
use super::replay::Replayer;
use super::tally::Tallies;

/// The events of a page.
const PAGE: u64 = 256;
/// The pages that are under way, for each thread.
const AHEAD: usize = 3;
/// Scripts run on the stack.
const STACK: usize = 64 * 1024 * 1024;

/// Where findings go.
pub(crate) enum Wanted {
    /// The first ones are kept.
    Listed(Listed),
    /// All are written at once.
    Json(JsonFindings),
}

/// A backtest under way.
pub(crate) struct Stream {
    /// What replays events.
    pub(crate) replayer: Arc<Replayer>,
    /// Which events.
    pub(crate) range: EventRange,
    /// How many threads.
    pub(crate) threads: usize,
}

/// Some events with what became of them.
struct Page {
    number: u64,
    events: Vec<Occurrence>,
}

/// What came of a page.
struct Done {
    number: u64,
    tallies: Tallies,
    findings: Vec<Finding>,
}

/// Why a backtest ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interrupted {
    /// The database.
    #[error("the database cannot be read")]
    Store(#[from] StoreError),
    /// A thread.
    #[error("a thread cannot be started")]
    Thread(#[from] io::Error),
    /// A fault of Cuebook's own.
    #[error("a thread has failed")]
    Failed,
}

impl Stream {
    /// Replays all events: adds to `tallies`, and hands the findings on in order. To be called from a thread that is none of
    /// the runtime's.
    pub(crate) fn run(
        &self,
        tallies: &mut Tallies,
        wanted: &mut Wanted,
        progress: &mut Progress,
    ) -> Result<(), Interrupted> {
        let (pages, queue) = channel::<Page>();
        let queue = Mutex::new(queue);
        let (done, results) = channel::<Done>();
        // A page that is read takes a place, and gives it back once its findings are out.
        let (taken, places) = sync_channel::<()>(self.threads * AHEAD);
        thread::scope(|scope| {
            let mut threads = Vec::new();
            for number in 0..self.threads {
                let (queue, done) = (&queue, done.clone());
                let thread = thread::Builder::new()
                    .name(format!("backtest-{number}"))
                    .stack_size(STACK)
                    .spawn_scoped(scope, move || self.work(queue, &done))?;
                threads.push(thread);
            }
            drop(done);
            let reader = scope.spawn(move || self.read(pages, &taken));
            collect(&results, &places, tallies, wanted, progress);
            // A reader that waits for a place is not to wait for ever.
            drop(places);
            let read = reader.join().map_err(|_| Interrupted::Failed)?;
            for thread in threads {
                thread.join().map_err(|_| Interrupted::Failed)?;
            }
            progress.end();
            read
        })
    }

    /// Reads page after page.
    fn read(&self, pages: Sender<Page>, taken: &SyncSender<()>) -> Result<(), Interrupted> {
        let mut after = None;
        for number in 0.. {
            if taken.send(()).is_err() {
                break;
            }
            let events = self.replayer.handle.block_on(self.page(after))?;
            let Some(last) = events.last() else {
                break;
            };
            after = Some(last.event.id);
            if pages.send(Page { number, events }).is_err() {
                break;
            }
        }
        drop(pages);
        Ok(())
    }

    async fn page(&self, after: Option<EventId>) -> Result<Vec<Occurrence>, StoreError> {
        let rules = self.replayer.rules.only().map(std::slice::from_ref);
        let archive = &self.replayer.archive;
        archive.occurrences(&self.range, rules, after, PAGE).await
    }

    /// Replays pages until there are no more.
    fn work(&self, queue: &Mutex<Receiver<Page>>, done: &Sender<Done>) {
        loop {
            let page = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(page) = page else {
                return;
            };
            if done.send(self.replay(page)).is_err() {
                return;
            }
        }
    }

    fn replay(&self, page: Page) -> Done {
        let mut tallies = Tallies::default();
        let mut found = Vec::new();
        for Occurrence { event, runs } in page.events {
            let event = Arc::new(event);
            tallies.events += 1;
            for replayed in self.replayer.replay(&event, runs) {
                let version = self.replayer.rules.version(&replayed.rule);
                tallies.rule(&replayed.rule).count(&replayed, version);
                found.extend(findings(&event, replayed));
            }
        }
        Done {
            number: page.number,
            tallies,
            findings: found,
        }
    }
}

/// Takes results in the order of their pages.
fn collect(
    results: &Receiver<Done>,
    places: &Receiver<()>,
    tallies: &mut Tallies,
    wanted: &mut Wanted,
    progress: &mut Progress,
) {
    let mut early: BTreeMap<u64, Done> = BTreeMap::new();
    let mut next = 0;
    while let Ok(done) = results.recv() {
        early.insert(done.number, done);
        while let Some(done) = early.remove(&next) {
            next += 1;
            tallies.add(&done.tallies);
            match wanted {
                Wanted::Listed(listed) => listed.take(done.findings),
                Wanted::Json(json) => json.write(&done.findings),
            }
            progress.done(tallies.events);
            let _ = places.recv();
        }
    }
}
