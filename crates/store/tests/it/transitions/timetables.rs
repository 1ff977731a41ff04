//! Rules on a timetable.

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::event::{EventState, Origin};
use cuebook_core::events::EventType;
use cuebook_core::rule::RuleName;
use cuebook_store::{Stopped, Store, Tick, Ticked, TimetableDue, TimetableKept};

use crate::stage::{Stage, stories};

fn daily() -> RuleName {
    "schedule/daily".parse().unwrap()
}

fn kept(timetable: &str, next: Timestamp) -> TimetableKept {
    TimetableKept {
        rule: daily(),
        timetable: timetable.to_owned(),
        next,
    }
}

fn day() -> TimeDelta {
    TimeDelta::days(1)
}

async fn only(store: &Store) -> TimetableDue {
    let mut all = store.timetables().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

impl Stage {
    /// The tick that is due at `due`.
    fn tick(&self, due: Timestamp) -> Tick {
        let mut event = self.booking("1", &["schedule/daily"]);
        event.event.subject = None;
        event.event.event_type = Some(EventType::from_wire("schedule"));
        event.event.origin = Origin::Schedule;
        Tick {
            rule: daily(),
            timetable: "0 8 * * *".to_owned(),
            due,
            at: due,
            next: due + day(),
            event,
        }
    }
}

stories! {
    async fn a_tick_is_accepted_once_whoever_else_has_seen_it(stage: &Stage) {
        let store = stage.open().await;
        let due = stage.now();
        store.keep_timetables(vec![kept("0 8 * * *", due)]).await.unwrap();
        // On Postgres another node; a SQLite file has one process only.
        let other = if stage.folder.is_some() { store.clone() } else { stage.open().await };
        let (one, two) = tokio::join!(store.accept_tick(stage.tick(due)), other.accept_tick(stage.tick(due)));
        let ticked = [one.unwrap(), two.unwrap()];
        let accepted: Vec<_> = ticked
            .iter()
            .filter_map(|ticked| match ticked {
                Ticked::Accepted(accepted) => Some(accepted),
                _ => None,
            })
            .collect();
        assert_eq!(accepted.len(), 1, "{ticked:?}");
        assert!(ticked.contains(&Ticked::Taken), "{ticked:?}");
        assert_eq!(accepted[0].runs.len(), 1);
        let event = store.show_event(accepted[0].id).await.unwrap().unwrap();
        assert_eq!((event.event.origin, event.state), (Origin::Schedule, EventState::Pending));
        let row = only(&store).await;
        assert_eq!((row.next, row.last), (due + day(), Some(due)));
        other.close().await;
    }

    async fn what_was_missed_stays_due_and_what_has_changed_begins_anew(stage: &Stage) {
        let store = stage.open().await;
        let (missed, new) = (stage.now() - day(), stage.now() + day());
        store.keep_timetables(vec![kept("0 8 * * *", missed)]).await.unwrap();
        store.close().await;
        let store = stage.open().await;
        store.keep_timetables(vec![kept("0 8 * * *", new)]).await.unwrap();
        assert_eq!(only(&store).await.next, missed);
        store.accept_tick(stage.tick(missed)).await.unwrap();
        store.keep_timetables(vec![kept("0 9 * * *", new)]).await.unwrap();
        let row = only(&store).await;
        assert_eq!((row.next, row.last, row.timetable.as_str()), (new, None, "0 9 * * *"));
        assert_eq!(store.accept_tick(stage.tick(new)).await.unwrap(), Ticked::Taken, "it goes by another one");
    }

    async fn a_rule_that_was_away_begins_anew(stage: &Stage) {
        let store = stage.open().await;
        let (missed, new) = (stage.now() - day(), stage.now() + day());
        store.keep_timetables(vec![kept("0 8 * * *", missed)]).await.unwrap();
        store.keep_timetables(Vec::new()).await.unwrap();
        assert_eq!(store.timetables().await.unwrap(), []);
        store.keep_more_timetables(vec![kept("0 8 * * *", new)]).await.unwrap();
        assert_eq!(only(&store).await.next, new);
        let other = TimetableKept { rule: "schedule/other".parse().unwrap(), ..kept("0 9 * * *", new) };
        store.keep_more_timetables(vec![other]).await.unwrap();
        assert_eq!(store.timetables().await.unwrap().len(), 2, "the first one stays");
    }

    async fn a_paused_rule_stays_due_and_a_disabled_ones_ticks_pass(stage: &Stage) {
        let store = stage.open().await;
        let due = stage.now();
        store.keep_timetables(vec![kept("0 8 * * *", due)]).await.unwrap();
        for rule in [None, Some(daily())] {
            store.stop(rule.clone(), Stopped::Everything).await.unwrap();
            assert_eq!(store.accept_tick(stage.tick(due)).await.unwrap(), Ticked::Paused);
            assert_eq!(only(&store).await.next, due);
            store.start(rule, Stopped::Everything).await.unwrap();
        }
        store.stop(Some(daily()), Stopped::NewRuns).await.unwrap();
        assert_eq!(store.accept_tick(stage.tick(due)).await.unwrap(), Ticked::Disabled);
        assert_eq!(only(&store).await.next, due + day());
        assert_eq!(store.counts().await.unwrap().events, 0);
    }
}
