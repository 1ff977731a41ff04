//! Lists of runs, and counts.

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use cuebook_store::{Page, RunFilter};

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
