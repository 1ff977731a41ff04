//! Two nodes on one Postgres at the same instant: one stands just before its commit while the other does the same. What
//! would be wrong if neither saw the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use cuebook_core::effect::EffectState;
use cuebook_core::rule::Budget;
use cuebook_core::run::RunState;
use cuebook_core::{Point, Probe, RunId};
use cuebook_store::{AcceptEvent, CompletedAs, Segment, Store};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::script::{checkpoint, claim_one, mails, running};
use crate::stage::Stage;

/// So often it is looked whether the other node has come to where it waits; it takes milliseconds.
const LOOKS: u32 = 500;
const STEP: Duration = Duration::from_millis(10);

/// A node whose next commit waits until it is let go.
struct Held {
    store: Store,
    armed: Arc<AtomicBool>,
    reached: Arc<AtomicBool>,
    go: mpsc::Sender<()>,
}

impl Held {
    async fn open(stage: &Stage) -> Self {
        let (armed, reached) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicBool::new(false)),
        );
        let (go, wait) = mpsc::channel();
        let wait = Mutex::new(wait);
        let (is_armed, has_reached) = (armed.clone(), reached.clone());
        let probe = Probe::new(move |point| {
            if point == Point::BeforeCommit && is_armed.swap(false, Ordering::SeqCst) {
                has_reached.store(true, Ordering::SeqCst);
                // The runtime's other work goes on meanwhile.
                tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
            }
        });
        Self {
            store: Store::open_probed(stage.settings(), probe).await.unwrap(),
            armed,
            reached,
            go,
        }
    }

    /// Begins what `work` does, and comes back when it stands just before its commit.
    async fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.armed.store(true, Ordering::SeqCst);
        let working = TaskTracker::new().spawn(work);
        for _ in 0..LOOKS {
            if self.reached.swap(false, Ordering::SeqCst) {
                return working;
            }
            tokio::time::sleep(STEP).await;
        }
        panic!("it never came to its commit");
    }

    fn let_go(&self) {
        self.go.send(()).unwrap();
    }
}

/// Comes back when `working` waits for another's lock, or has ended without.
async fn waits_or_ended<T>(db: &DatabaseConnection, working: &JoinHandle<T>) {
    let sql = "SELECT count(*) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..LOOKS {
        let waiting = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(waiting).await.unwrap().unwrap();
        let waiting: i64 = row.try_get_by_index(0).unwrap();
        if waiting > 0 || working.is_finished() {
            return;
        }
        tokio::time::sleep(STEP).await;
    }
    panic!("it neither waits nor ends");
}

async fn state(store: &Store, run: RunId) -> RunState {
    store.show_run(run).await.unwrap().unwrap().run.state
}

fn debounced(stage: &Stage) -> AcceptEvent {
    let mut event = stage.booking("42", &["new-booking/thanks"]);
    event.rules[0].debounce = Some(Duration::from_secs(30));
    event
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_burst_that_two_nodes_accept_one_event_runs() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let (one, two) = (Held::open(&stage).await, stage.open().await);
    let db = stage.connect().await;
    let accept = async |store: &Store, event| store.accept_event(event).await.unwrap().runs[0];
    let (store, event) = (one.store.clone(), debounced(&stage));
    let first = one.begin(async move { accept(&store, event).await }).await;
    let (store, event) = (two.clone(), debounced(&stage));
    let second = TaskTracker::new().spawn(async move { accept(&store, event).await });
    waits_or_ended(&db, &second).await;
    one.let_go();
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    assert_eq!(state(&two, first).await, RunState::Skipped);
    assert_eq!(state(&two, second).await, RunState::Waiting);
    one.store.close().await;
    two.close().await;
    stage.drop_database().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_share_a_budget_of_mails_to_the_last_one() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let (one, two) = (Held::open(&stage).await, stage.open().await);
    let db = stage.connect().await;
    let end = async |store: Store, claimed: cuebook_store::ClaimedRun| {
        let segment = Segment {
            budget: Some(Budget {
                emails: 3,
                per: Duration::from_hours(1),
            }),
            ..mails(0, &["a@example.test", "b@example.test"])
        };
        store
            .complete_run(checkpoint(&claimed), segment, CompletedAs::Completed)
            .await
            .unwrap();
        claimed.run.id
    };
    let first = running(&stage, &one.store, "1").await;
    let second = running(&stage, &two, "2").await;
    let first = one.begin(end(one.store.clone(), first)).await;
    let second = TaskTracker::new().spawn(end(two.clone(), second));
    waits_or_ended(&db, &second).await;
    one.let_go();
    let mut states = Vec::new();
    for run in [first.await.unwrap(), second.await.unwrap()] {
        let view = two.show_run(run).await.unwrap().unwrap();
        states.extend(view.effects.iter().map(|effect| effect.state));
    }
    let held = states.iter().filter(|state| **state == EffectState::Held);
    assert_eq!(held.count(), 1, "{states:?}");
    one.store.close().await;
    two.close().await;
    stage.drop_database().await;
}

/// The earlier event of a lane is committed later, while another node is about to claim the later one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_never_run_two_runs_of_one_lane() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let (accepts, claims) = (Held::open(&stage).await, Held::open(&stage).await);
    let third = stage.open().await;
    let db = stage.connect().await;
    let rules = ["new-booking/thanks"];
    let (store, event) = (accepts.store.clone(), stage.booking("42", &rules));
    let earlier = accepts
        .begin(async move { store.accept_event(event).await.unwrap().runs[0] })
        .await;
    stage.pass(1);
    let event = stage.booking("42", &rules);
    let later = third.accept_event(event).await.unwrap().runs[0];
    let store = claims.store.clone();
    let claimed = claims
        .begin(async move { claim_one(&store).await.run.id })
        .await;
    accepts.let_go();
    let earlier = earlier.await.unwrap();
    let store = third.clone();
    let other = TaskTracker::new().spawn(async move { store.claim_runs(10).await });
    waits_or_ended(&db, &other).await;
    claims.let_go();
    assert_eq!(claimed.await.unwrap(), later);
    let other = other.await.unwrap().unwrap();
    assert!(other.is_empty(), "the lane has its running run: {other:?}");
    assert_eq!(state(&third, earlier).await, RunState::Ready);
    for store in [&accepts.store, &claims.store, &third] {
        store.close().await;
    }
    stage.drop_database().await;
}

#[tokio::test]
async fn what_a_node_does_after_another_took_over_is_refused() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let frozen = stage.open().await;
    let claimed = running(&stage, &frozen, "42").await;
    let db = stage.connect().await;
    db.execute_unprepared("DELETE FROM nodes").await.unwrap();
    // A node that starts looks for the dead first.
    let lives = stage.open().await;
    let again = claim_one(&lives).await;
    assert_eq!(again.run.id, claimed.run.id);
    let late = frozen
        .complete_run(
            checkpoint(&claimed),
            mails(0, &["a@b.ch"]),
            CompletedAs::Completed,
        )
        .await;
    assert!(
        matches!(late, Err(cuebook_store::StoreError::Fenced)),
        "{late:?}"
    );
    assert_eq!(state(&lives, claimed.run.id).await, RunState::Running);
    assert_eq!(
        lives.claim_sends(10).await.unwrap().len(),
        0,
        "nothing of it was written"
    );
    frozen.close().await;
    lives.close().await;
    stage.drop_database().await;
}

#[tokio::test]
async fn after_the_database_was_away_nobody_is_dead_before_a_lease_has_passed() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let one = stage.open().await;
    let claimed = running(&stage, &one, "42").await;
    let db = stage.connect().await;
    // Not heard of since before the database began to work.
    db.execute_unprepared(
        "UPDATE nodes SET seen_at = (EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000)::bigint - 1",
    )
    .await
    .unwrap();
    let mut settings = stage.settings();
    settings.lease = Duration::from_hours(24 * 365 * 10);
    let two = Store::open(settings).await.unwrap();
    assert!(two.claim_runs(10).await.unwrap().is_empty());
    assert_eq!(state(&two, claimed.run.id).await, RunState::Running);
    let three = stage.open().await;
    let taken = three.claim_runs(10).await.unwrap();
    assert_eq!(
        taken.len(),
        usize::from(server_is_older_than_a_lease(&db).await)
    );
    for store in [&one, &two, &three] {
        store.close().await;
    }
    stage.drop_database().await;
}

async fn server_is_older_than_a_lease(db: &DatabaseConnection) -> bool {
    let sql = "SELECT now() - pg_postmaster_start_time() > interval '30 seconds'";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
