//! Lists of effects.

use cuebook_core::effect::EffectState;
use cuebook_store::{CompletedAs, EffectFilter, Page, SearchIn};

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
}
