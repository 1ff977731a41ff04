//! Replays of many events.

use cuebook_core::event::{Event, Origin};
use cuebook_core::replay::{Replay, ReplayFilter, ReplayOf, ReplayState, ReplayVersion};
use cuebook_core::{EventId, ReplayId};
use cuebook_store::{
    AcceptEvent, EventFilter, NewPrivacyRequest, Operated, Page, Person, PrivacyKind, ReplayBatch,
    ReplayStep, ReplayStepped, Store,
};

use crate::stage::{Stage, stories};

const RULE: &str = "new-booking/thanks";

impl Stage {
    /// So many events, each about a booking of its own.
    async fn bookings(&self, store: &Store, count: usize) -> Vec<EventId> {
        let mut ids = Vec::new();
        for subject in 1..=count {
            self.pass(1);
            let accept = self.booking(&subject.to_string(), &[RULE]);
            ids.push(store.accept_event(accept).await.unwrap().id);
        }
        ids
    }

    /// A replay that was begun.
    async fn replay(&self, store: &Store, of: ReplayOf) -> Replay {
        self.pass(1);
        let (total, newest) = store.count_replay(&of).await.unwrap();
        let replay = Replay {
            id: ReplayId(self.id()),
            state: ReplayState::Running,
            ended_because: None,
            of,
            rule: None,
            version: ReplayVersion::Newest,
            perform: false,
            reason: None,
            key_id: "key".to_owned(),
            total,
            replayed: 0,
            skipped: 0,
            created_at: self.now(),
            ended_at: None,
            position: None,
            newest,
        };
        store.begin_replay(replay.clone()).await.unwrap();
        replay
    }

    /// The step that works `batch` off.
    fn replay_step(&self, replay: &Replay, batch: &ReplayBatch) -> ReplayStep {
        let made = batch.events.iter().map(|past| {
            let event = Event {
                id: EventId(self.id()),
                origin: Origin::Replay,
                parent: Some(past.event.id),
                ..past.event.clone()
            };
            let rules = self.booking("1", &[RULE]).rules;
            let accept = AcceptEvent {
                event,
                rejected: None,
                rules,
            };
            (past.event.id, accept)
        });
        ReplayStep {
            replay: replay.id,
            from: replay.position,
            to: batch.to,
            made: made.collect(),
            skipped: batch.missing,
            last: batch.last,
        }
    }
}

fn ids(batch: &ReplayBatch) -> Vec<EventId> {
    batch.events.iter().map(|past| past.event.id).collect()
}

async fn look(store: &Store, replay: &Replay) -> Replay {
    store.replay(replay.id).await.unwrap().unwrap()
}

stories! {
    async fn events_are_replayed_oldest_first_and_each_once_whoever_takes_the_step(stage: &Stage) {
        let store = stage.open().await;
        let events = stage.bookings(&store, 5).await;
        let all = ReplayOf::Filter(ReplayFilter::default());
        let replay = stage.replay(&store, all).await;
        assert_eq!(replay.total, 5);
        let first = store.replay_batch(&replay, 2).await.unwrap();
        assert_eq!(ids(&first), events[..2]);
        assert_eq!(first.events[0].runs[0].0.as_str(), RULE);
        let (one, two) = tokio::join!(
            store.step_replay(stage.replay_step(&replay, &first)),
            store.step_replay(stage.replay_step(&replay, &first)),
        );
        let stepped = [one.unwrap(), two.unwrap()];
        assert!(stepped.contains(&ReplayStepped::Done) && stepped.contains(&ReplayStepped::Taken));

        store.close().await;
        let store = stage.open().await;
        let mut replay = look(&store, &replay).await;
        assert_eq!((replay.replayed, replay.position), (2, Some(events[1])));
        assert_eq!(store.replay_backlog(replay.id).await.unwrap(), 2);
        let mut seen = ids(&first);
        while replay.state == ReplayState::Running {
            let batch = store.replay_batch(&replay, 2).await.unwrap();
            seen.extend(ids(&batch));
            store.step_replay(stage.replay_step(&replay, &batch)).await.unwrap();
            replay = look(&store, &replay).await;
        }
        assert_eq!(seen, events, "what was made of them is not replayed itself");
        assert_eq!((replay.state, replay.replayed), (ReplayState::Completed, 5));
        assert!(replay.ended_at.is_some());
        assert_eq!(store.replay_runs(replay.id).await.unwrap()["ready"], 5);
        let made = EventFilter { origin: Some(Origin::Replay), ..EventFilter::default() };
        let made = store.list_events(&made, &Page::default()).await.unwrap();
        assert_eq!(made.items.len(), 5);
        assert_eq!(made.items[0].event.parent, Some(events[4]), "newest first");
        assert!(store.running_replays().await.unwrap().is_empty());
    }

    async fn named_events_are_taken_as_they_are_named_and_those_that_are_gone_are_counted(stage: &Stage) {
        let store = stage.open().await;
        let events = stage.bookings(&store, 3).await;
        let gone = EventId(stage.id());
        let replay = stage.replay(&store, ReplayOf::Events(vec![events[2], gone, events[0], events[0]])).await;
        assert_eq!(replay.total, 2);
        let batch = store.replay_batch(&replay, 10).await.unwrap();
        assert_eq!((ids(&batch), batch.missing, batch.last), (vec![events[0], events[2]], 1, true));
        store.step_replay(stage.replay_step(&replay, &batch)).await.unwrap();
        let replay = look(&store, &replay).await;
        assert_eq!((replay.state, replay.replayed, replay.skipped), (ReplayState::Completed, 2, 1));
    }

    async fn what_was_erased_since_it_was_read_is_not_replayed(stage: &Stage) {
        let store = stage.open().await;
        let events = stage.bookings(&store, 2).await;
        let replay = stage.replay(&store, ReplayOf::Events(events.clone())).await;
        let batch = store.replay_batch(&replay, 10).await.unwrap();
        let booking = Some("1".to_owned());
        let request = NewPrivacyRequest {
            kind: PrivacyKind::Erasure,
            dry_run: false,
            person: Person { booking, ..Person::default() },
            requested_by: None,
        };
        store.ask_privacy(&request).await.unwrap();
        let id = store.claim_privacy().await.unwrap().unwrap();
        while store.advance_privacy(id).await.unwrap() {}
        store.step_replay(stage.replay_step(&replay, &batch)).await.unwrap();
        let replay = look(&store, &replay).await;
        assert_eq!((replay.state, replay.replayed, replay.skipped), (ReplayState::Completed, 1, 1));
        let made = EventFilter { origin: Some(Origin::Replay), ..EventFilter::default() };
        let made = store.list_events(&made, &Page::default()).await.unwrap().items;
        assert_eq!(made.iter().map(|view| view.event.parent).collect::<Vec<_>>(), [Some(events[1])]);
    }

    async fn a_cancelled_replay_takes_no_further_step_and_forgets_what_was_searched_for(stage: &Stage) {
        let store = stage.open().await;
        stage.bookings(&store, 3).await;
        let q = Some("booking_pid".to_owned());
        let replay = stage.replay(&store, ReplayOf::Filter(ReplayFilter { q, ..ReplayFilter::default() })).await;
        assert_eq!(replay.total, 3);
        let batch = store.replay_batch(&replay, 1).await.unwrap();
        let because = Some("enough".to_owned());
        assert_eq!(store.cancel_replay(replay.id, because.clone()).await.unwrap(), Operated::Done);
        let stepped = store.step_replay(stage.replay_step(&replay, &batch)).await.unwrap();
        assert_eq!(stepped, ReplayStepped::Taken);
        let ended = look(&store, &replay).await;
        assert_eq!((ended.state, ended.replayed, ended.ended_because), (ReplayState::Cancelled, 0, because));
        assert_eq!(ended.of, ReplayOf::Filter(ReplayFilter::default()));
        let again = store.cancel_replay(replay.id, None).await.unwrap();
        assert_eq!(again, Operated::NotIn(ReplayState::Cancelled));
    }

    async fn a_filter_finds_the_events_of_one_version_of_a_rule(stage: &Stage) {
        let store = stage.open().await;
        let events = stage.bookings(&store, 2).await;
        let db = stage.connect().await;
        let version = "4f1b".repeat(16);
        let mut runs = Vec::new();
        for event in &events {
            runs.push(store.show_event(*event).await.unwrap().unwrap().runs[0].id);
        }
        set_version(&db, runs[1], &version).await;
        let rule_version = Some(cuebook_core::rule::VersionHash(version));
        let of = ReplayOf::Filter(ReplayFilter { rule_version, ..ReplayFilter::default() });
        let replay = stage.replay(&store, of).await;
        let batch = store.replay_batch(&replay, 10).await.unwrap();
        assert_eq!((replay.total, ids(&batch)), (1, vec![events[1]]));
        db.close().await.unwrap();
    }
}

async fn set_version(db: &sea_orm::DatabaseConnection, run: cuebook_core::RunId, version: &str) {
    use sea_orm::{ConnectionTrait, Statement, Value};
    let sql = match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => "UPDATE runs SET rule_version = $1 WHERE id = $2",
        _ => "UPDATE runs SET rule_version = ? WHERE id = ?",
    };
    let values = [Value::from(version), Value::from(run.0)];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let done = db.execute_raw(statement).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}
