//! Budgets of mails.

use std::time::Duration;

use cuebook_core::effect::EffectState;
use cuebook_core::rule::Budget;
use cuebook_core::{EffectId, RunId};
use cuebook_store::{CompletedAs, EffectOperated, Segment, SettledAs, Store};

use crate::script::{checkpoint, claim_one, mails, running};
use crate::stage::{Stage, stories};

/// Two mails an hour.
const BUDGET: Budget = Budget {
    emails: 2,
    per: Duration::from_hours(1),
};

async fn send(stage: &Stage, store: &Store, segment: Segment) -> RunId {
    let claimed = running(stage, store, "42").await;
    end(store, &claimed, segment).await
}

async fn end(store: &Store, claimed: &cuebook_store::ClaimedRun, segment: Segment) -> RunId {
    let segment = Segment {
        budget: Some(BUDGET),
        ..segment
    };
    store
        .complete_run(checkpoint(claimed), segment, CompletedAs::Completed)
        .await
        .unwrap();
    claimed.run.id
}

async fn states(store: &Store, run: RunId) -> Vec<EffectState> {
    let view = store.show_run(run).await.unwrap().unwrap();
    view.effects.iter().map(|effect| effect.state).collect()
}

async fn held(store: &Store, run: RunId) -> EffectId {
    let view = store.show_run(run).await.unwrap().unwrap();
    let effect = view
        .effects
        .iter()
        .find(|effect| effect.state == EffectState::Held)
        .unwrap();
    assert_eq!((effect.settled_at, effect.next_attempt_at), (None, None));
    effect.id
}

stories! {
    async fn what_is_over_is_held_and_not_sent_until_the_time_has_passed(stage: &Stage) {
        let store = stage.open().await;
        let run = send(stage, &store, mails(0, &["a@example.test", "b@example.test", "c@example.test"])).await;
        assert_eq!(states(&store, run).await, [EffectState::Pending, EffectState::Pending, EffectState::Held]);
        let sends = store.claim_sends(10).await.unwrap();
        assert_eq!(sends.len(), 2);
        for send in &sends {
            store.settle_send(stage.settlement(send, SettledAs::Done)).await.unwrap();
        }
        stage.pass(3599);
        let run = send(stage, &store, mails(0, &["d@example.test"])).await;
        assert_eq!(states(&store, run).await, [EffectState::Held]);
        stage.pass(1);
        let run = send(stage, &store, mails(0, &["e@example.test"])).await;
        assert_eq!(states(&store, run).await, [EffectState::Pending]);
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 1);
    }

    async fn what_is_held_goes_out_when_a_person_approves_it_and_only_then(stage: &Stage) {
        let store = stage.open().await;
        let run = send(stage, &store, mails(0, &["a@example.test", "b@example.test", "c@example.test"])).await;
        store.claim_sends(10).await.unwrap();
        let id = held(&store, run).await;
        assert_eq!(store.approve_send(id).await.unwrap(), EffectOperated::Done);
        let sends = store.claim_sends(10).await.unwrap();
        assert_eq!(sends.iter().map(|send| send.id).collect::<Vec<_>>(), [id]);
        let again = store.approve_send(id).await.unwrap();
        assert_eq!(again, EffectOperated::NotIn(EffectState::Pending));
        let nobody = store.approve_send(EffectId(stage.id())).await.unwrap();
        assert_eq!(nobody, EffectOperated::NoSuch);
    }

    async fn captured_mails_and_other_rules_do_not_count(stage: &Stage) {
        let store = stage.open().await;
        let mut captured = mails(0, &["a@example.test", "b@example.test", "c@example.test"]);
        captured.sends[0].1 = EffectState::Captured;
        let run = send(stage, &store, captured).await;
        assert_eq!(states(&store, run).await, [EffectState::Captured; 3]);
        store.accept_event(stage.booking("42", &["new-booking/other"])).await.unwrap();
        let other = claim_one(&store).await;
        end(&store, &other, mails(0, &["a@example.test", "b@example.test"])).await;
        let run = send(stage, &store, mails(0, &["a@example.test", "b@example.test"])).await;
        assert_eq!(states(&store, run).await, [EffectState::Pending; 2]);
    }

    async fn runs_that_end_together_share_the_budget(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        let second = running(stage, &store, "2").await;
        let (first, second) = tokio::join!(
            end(&store, &first, mails(0, &["a@example.test", "b@example.test"])),
            end(&store, &second, mails(0, &["c@example.test", "d@example.test"])),
        );
        let mut all = states(&store, first).await;
        all.extend(states(&store, second).await);
        let held = all.iter().filter(|state| **state == EffectState::Held).count();
        assert_eq!(held, 2, "{all:?}");
    }
}
