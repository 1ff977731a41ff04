//! Lists of runs, and counts.

use cuebook_core::RunId;
use cuebook_core::event::Origin;
use cuebook_core::run::RunState;
use cuebook_store::{EffectFilter, EventFilter, Page, RunFilter};
use sea_orm::ConnectionTrait;

use crate::script::{checkpoint, complete, running};
use crate::stage::{Stage, stories};

stories! {
    async fn filters_narrow_and_lists_are_light(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        record.steps.push(stage.step(0, None));
        store.record_steps(record).await.unwrap();
        complete(&store, &claimed).await;
        let other = store.accept_event(stage.booking("43", &["any/log"])).await.unwrap();
        let all = RunFilter::default;
        let list = async |filter: RunFilter| {
            let listed = store.list_runs(&filter, &Page::default()).await.unwrap();
            assert!(listed.items.iter().all(|view| view.steps.is_empty()));
            listed.items.iter().map(|view| view.run.id).collect::<Vec<RunId>>()
        };
        assert_eq!(list(all()).await, [other.runs[0], claimed.run.id]);
        let state = Some(RunState::Completed);
        assert_eq!(list(RunFilter { state, ..all() }).await, [claimed.run.id]);
        let rule = Some("any/log".parse().unwrap());
        assert_eq!(list(RunFilter { rule, ..all() }).await, other.runs);
        assert_eq!(list(RunFilter { event: Some(other.id), ..all() }).await, other.runs);
        let event_type = vec!["new-booking".to_owned()];
        assert_eq!(list(RunFilter { event_type, ..all() }).await.len(), 2);
        let q = Some("thank".to_owned());
        assert_eq!(list(RunFilter { q, ..all() }).await, [claimed.run.id]);
        assert_eq!(store.show_run(RunId(stage.id())).await.unwrap(), None);
    }

    async fn a_run_that_cannot_be_read_is_shown_and_hides_no_other(stage: &Stage) {
        let store = stage.open().await;
        let broken = store.accept_event(stage.booking("42", &["any/log"])).await.unwrap();
        let other = store.accept_event(stage.booking("43", &["any/mail"])).await.unwrap();
        let db = stage.connect().await;
        db.execute_unprepared("UPDATE runs SET rule = 'no name' WHERE subject = '42'").await.unwrap();
        let listed = store.list_runs(&RunFilter::default(), &Page::default()).await.unwrap();
        let ids: Vec<RunId> = listed.items.iter().map(|view| view.run.id).collect();
        assert_eq!(ids, [other.runs[0], broken.runs[0]]);
        let run = &listed.items[1].run;
        assert_eq!((run.state, run.code.as_deref()), (RunState::Blocked, Some("unreadable")));
        assert!(run.reason.as_deref().unwrap().contains("no name"), "{run:?}");
        let shown = store.look_at_run(broken.runs[0]).await.unwrap().unwrap();
        assert_eq!(shown.run.reason, run.reason);
        let events = store.list_events(&EventFilter::default(), &Page::default()).await.unwrap();
        assert_eq!((events.items.len(), events.items[1].runs[0].rule.as_str()), (2, "no name"));

        db.execute_unprepared("UPDATE runs SET rule = 'any/log', state = 'dancing' WHERE subject = '42'").await.unwrap();
        db.close().await.unwrap();
        let listed = store.list_runs(&RunFilter::default(), &Page::default()).await.unwrap();
        let run = &listed.items[1].run;
        assert_eq!((run.rule.as_str(), run.state), ("any/log", RunState::Blocked));
        assert!(run.reason.as_deref().unwrap().contains("dancing"));
    }

    async fn a_run_with_a_step_that_cannot_be_read_is_shown_without_its_steps(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        record.steps.push(stage.step(0, None));
        store.record_steps(record).await.unwrap();
        let db = stage.connect().await;
        db.execute_unprepared("UPDATE steps SET kind = 'leap'").await.unwrap();
        db.close().await.unwrap();
        assert!(store.show_run(claimed.run.id).await.is_err(), "whoever works on it must not miss any");
        let shown = store.look_at_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!((shown.run.state, shown.steps.len()), (RunState::Running, 0));
        assert!(shown.run.reason.unwrap().contains("leap"));
    }

    async fn runs_and_effects_are_found_by_how_their_event_came(stage: &Stage) {
        let store = stage.open().await;
        let mut replayed = stage.booking("42", &["any/log"]);
        replayed.event.origin = Origin::Replay;
        let replayed = store.accept_event(replayed).await.unwrap();
        store.accept_event(stage.booking("42", &["any/log"])).await.unwrap();
        let origin = Some(Origin::Replay);
        let filter = RunFilter { origin, ..RunFilter::default() };
        let runs = store.list_runs(&filter, &Page::default()).await.unwrap();
        assert_eq!(runs.items.iter().map(|view| view.run.id).collect::<Vec<_>>(), replayed.runs);
        let filter = EffectFilter { origin, ..EffectFilter::default() };
        assert_eq!(store.list_effects(&filter, &Page::default()).await.unwrap().items, []);
    }

    async fn counts_tell_how_much_there_is(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        complete(&store, &claimed).await;
        store.accept_event(stage.booking("43", &["any/log", "any/mail"])).await.unwrap();
        let counts = store.counts().await.unwrap();
        assert_eq!(counts.events, 2);
        assert_eq!(counts.runs.get(&RunState::Ready), Some(&2));
        assert_eq!(counts.runs.get(&RunState::Completed), Some(&1));
        assert_eq!(counts.runs.get(&RunState::Failed), None);
        assert!(counts.database_bytes > 0);
    }
}
