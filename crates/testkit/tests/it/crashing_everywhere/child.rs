//! The process that is ended: this test's own binary, started again for the one test in here. What it is to do stands in a
//! file of the folder that it is started in.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cuebook_core::effect::EffectState;
use cuebook_core::event::EventState;
use cuebook_core::probe::Probe;
use cuebook_store::{EffectFilter, EventFilter, Page};
use cuebook_testkit::{Cuebook, eventually};
use serde::{Deserialize, Serialize};

use super::rules;
use crate::aftermath::End;

const ORDER: &str = "order.json";
/// Where a child that comes to its end leaves it, with the number of its points.
const END: &str = "end.json";

/// What a child is to do.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    /// Where the other systems are.
    pub(super) peer: String,
    pub(super) mail: String,
    pub(super) ticketpark: String,
    /// Its database, if it is no file in its folder.
    pub(super) database: Option<String>,
    /// At which of its points it is to abort; never, if there is none.
    pub(super) crash_at: Option<u64>,
}

/// Runs a child in `folder` until it ends.
pub(super) fn run(folder: &Path, order: &Order) -> ExitStatus {
    fs::write(folder.join(ORDER), serde_json::to_vec(order).unwrap()).unwrap();
    let output = fs::File::create(folder.join("child.log")).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["crashing_everywhere::child::works", "--exact", "--ignored"])
        .args(["--nocapture", "--test-threads", "1"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(output.try_clone().unwrap())
        .stdout(output)
        .status()
        .unwrap()
}

/// What a child in `folder` said.
pub(super) fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("child.log")).unwrap_or_default()
}

/// What the child that came to its end left behind, and how many points it passed.
pub(super) fn end(folder: &Path) -> Option<(End, u64)> {
    let bytes = fs::read(folder.join(END)).ok()?;
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the child process of the tests beside it"]
async fn works() {
    // Without an order there is nothing to do.
    let Ok(order) = fs::read(ORDER) else { return };
    let order: Order = serde_json::from_slice(&order).unwrap();
    let points = Arc::new(AtomicU64::new(0));
    let counted = points.clone();
    let probe = Probe::new(move |_| {
        let point = counted.fetch_add(1, Ordering::SeqCst) + 1;
        if Some(point) == order.crash_at {
            std::process::abort();
        }
    });
    let mut builder = Cuebook::builder();
    if let Some(url) = order.database {
        builder = builder.on_database(url);
    }
    let cuebook = builder
        .in_folder(".")
        .probed(probe)
        .mailing_to(order.mail)
        .with_ticketpark_at(order.ticketpark)
        .rule(
            "new-booking/everything.rhai",
            rules::everything(&order.peer),
        )
        .rule("everything-done/after.rhai", rules::afterwards(&order.peer))
        .start()
        .await;
    // The webhook's sender sends again what was not stored.
    if events(&cuebook).await.is_empty() {
        assert_eq!(cuebook.post_hook(rules::WEBHOOK).await.status, 202);
    }
    let end = eventually("everything to end", async || settled(&cuebook).await).await;
    let end = (end, points.load(Ordering::SeqCst));
    fs::write(END, serde_json::to_vec(&end).unwrap()).unwrap();
}

async fn events(cuebook: &Cuebook) -> Vec<cuebook_store::EventView> {
    let filter = EventFilter::default();
    let listed = cuebook.store().list_events(&filter, &Page::default()).await;
    listed.unwrap().items
}

/// What there is, once nothing more happens by itself.
async fn settled(cuebook: &Cuebook) -> Option<End> {
    let events = events(cuebook).await;
    let has_ended = |event: &cuebook_store::EventView| {
        event.state != EventState::Pending && event.runs.iter().all(|run| run.state.has_ended())
    };
    if !events.iter().all(has_ended) {
        return None;
    }
    let pending = EffectFilter {
        state: Some(EffectState::Pending),
        ..EffectFilter::default()
    };
    let pending = cuebook
        .store()
        .list_effects(&pending, &Page::default())
        .await;
    if !pending.unwrap().items.is_empty() || self::events(cuebook).await.len() != events.len() {
        return None;
    }
    let mut all = Vec::new();
    for event in events {
        let mut runs = Vec::new();
        for run in &event.runs {
            runs.push(cuebook.run(run.id).await);
        }
        all.push((event, runs));
    }
    Some(End::of(cuebook, &all).await)
}
