//! Lists of effects.

use cuebook_core::effect::EffectState;
use cuebook_store::{CompletedAs, EffectFilter, EventFilter, Page, RunFilter, SearchIn};
use sea_orm::ConnectionTrait;

use crate::script::{checkpoint, mails, running};
use crate::stage::{Stage, stories};

stories! {
    async fn filters_narrow(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let segment = mails(0, &["tom@example.test", "ann@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        let all = EffectFilter::default;
        let targets = async |filter: EffectFilter| {
            let listed = store.list_effects(&filter, &Page::default()).await.unwrap();
            listed.items.iter().map(|effect| effect.target.clone()).collect::<Vec<_>>()
        };
        let both = ["ann@example.test", "tom@example.test"];
        assert_eq!(targets(all()).await, both, "newest first");
        let q = Some("tom@".to_owned());
        assert_eq!(targets(EffectFilter { q, ..all() }).await, both[1..]);
        let (q, q_in) = (Some("tom@".to_owned()), SearchIn::Names);
        assert!(targets(EffectFilter { q, q_in, ..all() }).await.is_empty(), "a target is no name");
        let (q, q_in) = (Some("email".to_owned()), SearchIn::Names);
        assert_eq!(targets(EffectFilter { q, q_in, ..all() }).await, both);
        assert_eq!(targets(EffectFilter { run: Some(claimed.run.id), ..all() }).await, both);
        assert_eq!(targets(EffectFilter { event: Some(claimed.run.event_id), ..all() }).await, both);
        let subject = Some("42".to_owned());
        assert_eq!(targets(EffectFilter { subject, ..all() }).await, both);
        let subject = Some("43".to_owned());
        assert!(targets(EffectFilter { subject, ..all() }).await.is_empty());
        let kind = vec!["webhook::send".to_owned()];
        assert!(targets(EffectFilter { kind, ..all() }).await.is_empty());
        let state = Some(EffectState::Done);
        assert!(targets(EffectFilter { state, ..all() }).await.is_empty());
        let event_type = vec!["new-booking".to_owned()];
        assert_eq!(targets(EffectFilter { event_type, ..all() }).await, both);
    }

    async fn an_effect_that_cannot_be_read_hides_no_other(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let segment = mails(0, &["tom@example.test", "ann@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        let db = stage.connect().await;
        db.execute_unprepared("UPDATE effects SET state = 'dancing' WHERE target LIKE 'tom%'").await.unwrap();
        db.close().await.unwrap();
        let listed = store.list_effects(&EffectFilter::default(), &Page::default()).await.unwrap();
        let [ann, tom] = &listed.items[..] else { panic!("{listed:?}") };
        assert_eq!((ann.state, ann.attempts.len()), (EffectState::Pending, 0));
        assert_eq!(tom.state, EffectState::Unknown);
        assert!(tom.attempts[0].error.as_deref().unwrap().contains("dancing"), "{tom:?}");
    }

    async fn whoever_may_not_see_addresses_finds_none_by_naming_it(stage: &Stage) {
        let store = stage.open().await;
        let mut booking = stage.booking("tom@example.test", &["any/log"]);
        booking.event.subject = Some(cuebook_core::Pid::from("tom@example.test"));
        store.accept_event(booking).await.unwrap();
        for (q_in, found) in [(SearchIn::Everything, 1), (SearchIn::Names, 0)] {
            let subject = Some("tom@example.test".to_owned());
            let filter = EventFilter { subject: subject.clone(), q_in, ..EventFilter::default() };
            assert_eq!(store.list_events(&filter, &Page::default()).await.unwrap().items.len(), found);
            let filter = RunFilter { subject, q_in, ..RunFilter::default() };
            assert_eq!(store.list_runs(&filter, &Page::default()).await.unwrap().items.len(), found);
        }
    }
}
