//! What is old is given up, and what is still needed is not.

use chrono::TimeDelta;
use cuebook_core::EndpointId;
use cuebook_core::endpoint::USUAL_ORIGINS;
use cuebook_core::event::EventState;
use cuebook_core::rule_set::StoredRuleSet;
use cuebook_core::run::RunState;
use cuebook_core::secret::SecretText;
use cuebook_store::{
    CompletedAs, EffectFilter, EventFilter, KeyClaim, NewEndpoint, Operated, Page, Retained,
    Retention, RunFailure, Segment, SettledAs, Store, WaitUntil, is_expired,
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement, TransactionTrait as _};

use crate::script::{checkpoint, complete, mails, running, version};
use crate::stage::{Stage, stories};

const DAY: i64 = 86_400;

/// Gives up all that may be given up now.
async fn retain(store: &Store) -> Retained {
    let mut all = Retained::default();
    for _ in 0..100 {
        let one = store.retain(&Retention::default()).await.unwrap();
        all.expired += one.expired;
        all.forgotten += one.forgotten;
        all.outdated += one.outdated;
        if !one.more {
            return all;
        }
    }
    panic!("it never comes to an end: {all:?}");
}

async fn books_close(store: &Store) {
    assert_eq!(store.close_books().await.unwrap().findings, []);
}

/// A run that has sent a mail.
async fn mailed(stage: &Stage, store: &Store) -> cuebook_core::RunId {
    let claimed = running(stage, store, "1").await;
    let mut record = checkpoint(&claimed);
    record
        .steps
        .push(stage.step(1, Some(cuebook_core::Value::from("answer"))));
    let segment = mails(0, &["a@example.test"]);
    store
        .complete_run(record, segment, CompletedAs::Completed)
        .await
        .unwrap();
    let send = store.claim_sends(1).await.unwrap().remove(0);
    store
        .settle_send(stage.settlement(&send, SettledAs::Done))
        .await
        .unwrap();
    claimed.run.id
}

/// Stores the version of the rule that the runs here have, with this text.
async fn rule(store: &Store, text: &str) {
    let path = "new-booking/thanks.rhai".to_owned();
    let set = StoredRuleSet {
        hash: "set".to_owned(),
        files: [(path.clone(), text.as_bytes().to_vec())].into(),
        rules: vec![("new-booking/thanks".parse().unwrap(), version(), vec![path])],
    };
    store.save_rule_set(set).await.unwrap();
}

/// A run about the booking 1 that sleeps for 50 days, and a day later events about the bookings 1 and 2.
async fn sleeper_and_two_events(stage: &Stage, store: &Store) {
    let waits = running(stage, store, "1").await;
    let wait = WaitUntil {
        wake_at: stage.now() + TimeDelta::days(50),
        code: "sleep",
        reason: "sleeps for 50d".to_owned(),
        forget: Vec::new(),
        event: None,
    };
    let record = checkpoint(&waits);
    store
        .suspend_run(record, Segment::default(), wait)
        .await
        .unwrap();
    stage.pass(DAY);
    for subject in ["1", "2"] {
        store
            .accept_event(stage.booking(subject, &[]))
            .await
            .unwrap();
    }
}

/// An endpoint, and an event that is held for it.
async fn held_delivery(stage: &Stage, store: &Store) -> EndpointId {
    let new = NewEndpoint {
        id: EndpointId(stage.id()),
        url: "https://crm.example.test/".to_owned(),
        description: String::new(),
        types: Vec::new(),
        origins: USUAL_ORIGINS.to_vec(),
        enabled: true,
        rate: None,
    };
    let id = new.id;
    let secret = SecretText::new("first");
    store.add_endpoint(new, &secret).await.unwrap();
    store.accept_event(stage.booking("1", &[])).await.unwrap();
    store.disable_endpoint(id).await.unwrap();
    assert!(store.claim_sends(10).await.unwrap().is_empty());
    id
}

stories! {
    async fn after_30_days_what_was_said_is_gone_and_what_was_done_stands(stage: &Stage) {
        let store = stage.open().await;
        let run = mailed(stage, &store).await;
        stage.pass(30 * DAY - 1);
        assert_eq!(retain(&store).await, Retained::default());
        stage.pass(2);
        assert_eq!(retain(&store).await.expired, 1);
        let shown = store.show_run(run).await.unwrap().unwrap();
        assert_eq!(shown.run.state, RunState::Completed);
        assert!(store.journal(run).await.unwrap().steps.is_empty());
        let event = store.event(shown.run.event_id).await.unwrap().unwrap();
        assert!(is_expired(&event), "{:?}", String::from_utf8_lossy(&event.body));
        assert_eq!(event.subject.unwrap().to_string(), "1");
        let view = store.show_event(shown.run.event_id).await.unwrap().unwrap();
        assert_eq!(view.state, EventState::Processed);
        assert!(view.reason.unwrap().contains("retention.payloads"));
        let effects = store.list_effects(&EffectFilter::default(), &Page::default()).await.unwrap();
        assert_eq!(effects.items[0].target, "a@example.test");
        assert_eq!(effects.items[0].attempts[0].answer, None);
        assert!(store.effect_message(effects.items[0].id).await.unwrap().is_none());
        books_close(&store).await;
        assert_eq!(retain(&store).await.expired, 0, "once");
    }

    async fn what_went_wrong_with_a_send_and_tests_of_endpoints_go_by_age(stage: &Stage) {
        let store = stage.open().await;
        let id = cuebook_core::EndpointId(stage.id());
        let new = cuebook_store::NewEndpoint {
            id,
            url: "https://crm.example.test/hooks".to_owned(),
            description: String::new(),
            types: Vec::new(),
            origins: cuebook_core::endpoint::USUAL_ORIGINS.to_vec(),
            enabled: true,
            rate: None,
        };
        store.add_endpoint(new, &cuebook_core::secret::SecretText::new("s")).await.unwrap();
        store.accept_event(stage.booking("1", &[])).await.unwrap();
        let shown = store.show_endpoint(id).await.unwrap().unwrap();
        let test = cuebook_core::EffectId(stage.id());
        store.test_endpoint(shown, test, b"{}".to_vec()).await.unwrap();
        for send in store.claim_sends(10).await.unwrap() {
            let mut settled = stage.settlement(&send, SettledAs::Done);
            settled.attempt.answer = Some("hello tom@x.ch".to_owned());
            settled.attempt.error = Some("tom@x.ch is refused".to_owned());
            store.settle_send(settled).await.unwrap();
        }
        let said = async || {
            let effects = store.list_effects(&EffectFilter::default(), &Page::default()).await.unwrap().items;
            let attempts = effects.into_iter().flat_map(|one| one.attempts);
            attempts.map(|one| one.answer.is_some() && one.error.is_some()).collect::<Vec<_>>()
        };
        stage.pass(29 * DAY);
        retain(&store).await;
        assert_eq!(said().await, [true, true]);
        stage.pass(2 * DAY);
        retain(&store).await;
        assert_eq!(said().await, [false, false]);
        assert!(store.effect_message(test).await.unwrap().is_none());
        stage.pass(370 * DAY);
        retain(&store).await;
        assert!(said().await.is_empty());
        books_close(&store).await;
    }

    async fn after_400_days_nothing_is_left(stage: &Stage) {
        let store = stage.open().await;
        mailed(stage, &store).await;
        stage.pass(31 * DAY);
        retain(&store).await;
        stage.pass(369 * DAY + 1);
        assert_eq!(retain(&store).await.forgotten, 1);
        let events = store.list_events(&EventFilter::default(), &Page::default()).await.unwrap();
        assert!(events.items.is_empty());
        let effects = store.list_effects(&EffectFilter::default(), &Page::default()).await.unwrap();
        assert!(effects.items.is_empty());
        books_close(&store).await;
    }

    async fn time_counts_from_the_end_of_the_last_run(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        let wait = WaitUntil {
            wake_at: stage.now() + TimeDelta::days(40),
            code: "sleep",
            reason: "sleeps for 40d".to_owned(),
            forget: Vec::new(),
            event: None,
        };
        store.suspend_run(checkpoint(&claimed), Segment::default(), wait).await.unwrap();
        stage.pass(35 * DAY);
        assert_eq!(retain(&store).await.expired, 0, "it sleeps");
        stage.pass(5 * DAY);
        store.wake_runs().await.unwrap();
        let claimed = crate::script::claim_one(&store).await;
        complete(&store, &claimed).await;
        stage.pass(29 * DAY);
        assert_eq!(retain(&store).await.expired, 0, "its run ended 29 days ago");
        stage.pass(2 * DAY);
        assert_eq!(retain(&store).await.expired, 1);
        books_close(&store).await;
    }

    async fn what_a_waiting_run_may_still_ask_for_is_kept(stage: &Stage) {
        let store = stage.open().await;
        rule(&store, "sleep(\"50d\");").await;
        sleeper_and_two_events(stage, &store).await;
        stage.pass(40 * DAY);
        assert_eq!(retain(&store).await.expired, 1, "that about another booking");
        stage.pass(10 * DAY);
        store.wake_runs().await.unwrap();
        let claimed = crate::script::claim_one(&store).await;
        complete(&store, &claimed).await;
        stage.pass(2 * DAY);
        assert_eq!(retain(&store).await.expired, 1, "nobody can ask for it any more");
    }

    async fn a_rule_that_waits_for_events_may_ask_for_those_about_others(stage: &Stage) {
        let store = stage.open().await;
        rule(&store, "sleep(\"50d\"); wait_for(\"new-booking\", #{ booking_pid: `2` }, \"1d\");").await;
        store.accept_event(stage.booking("2", &[])).await.unwrap();
        stage.pass(DAY);
        sleeper_and_two_events(stage, &store).await;
        stage.pass(40 * DAY);
        assert_eq!(retain(&store).await.expired, 1, "what was there before the run");
        stage.pass(10 * DAY);
        store.wake_runs().await.unwrap();
        let claimed = crate::script::claim_one(&store).await;
        complete(&store, &claimed).await;
        stage.pass(2 * DAY);
        assert_eq!(retain(&store).await.expired, 2, "nobody can ask for them any more");
    }

    async fn what_is_held_is_kept_until_its_endpoint_is_gone(stage: &Stage) {
        let store = stage.open().await;
        let id = held_delivery(stage, &store).await;
        stage.pass(31 * DAY);
        assert_eq!(retain(&store).await.expired, 0);
        store.remove_endpoint(id).await.unwrap();
        // As another process leaves it that has not heard of that yet.
        let db = stage.connect().await;
        let sql = "UPDATE effects SET state = 'held', settled_at = NULL";
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
        stage.pass(2 * DAY);
        assert_eq!(retain(&store).await.expired, 1);
    }

    async fn what_has_not_left_keeps_its_bytes(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        let segment = mails(0, &["a@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        stage.pass(31 * DAY);
        assert_eq!(retain(&store).await.expired, 0);
        let send = store.claim_sends(1).await.unwrap().remove(0);
        assert!(!send.body.is_empty());
        store.settle_send(stage.settlement(&send, SettledAs::Done)).await.unwrap();
        stage.pass(2 * DAY);
        assert_eq!(retain(&store).await.expired, 1);
    }

    async fn a_failed_run_whose_journal_is_gone_is_not_tried_again(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        let failure = RunFailure {
            state: RunState::Failed,
            code: "script_error".to_owned(),
            reason: "no".to_owned(),
        };
        store.fail_run(checkpoint(&claimed), failure).await.unwrap();
        stage.pass(31 * DAY);
        assert_eq!(retain(&store).await.expired, 1);
        let run = claimed.run.id;
        let shown = store.show_run(run).await.unwrap().unwrap().run;
        assert_eq!((shown.code.as_deref(), shown.reason), (Some("script_error"), None));
        let refused = Operated::NotIn(RunState::Failed);
        assert_eq!(store.retry_run(run, None).await.unwrap(), refused);
        assert_eq!(store.restart_run(run).await.unwrap(), refused);
    }

    async fn a_key_that_is_held_for_good_keeps_its_run_and_one_that_has_run_out_does_not(stage: &Stage) {
        let store = stage.open().await;
        for (subject, until) in [("1", None), ("2", Some(stage.now() + TimeDelta::days(30)))] {
            let claimed = running(stage, &store, subject).await;
            let wanted = KeyClaim {
                account: claimed.run.account.clone(),
                rule: claimed.run.rule.clone(),
                captured: false,
                key: subject.to_owned(),
                until,
                step: stage.step(0, None),
            };
            store.claim_key(checkpoint(&claimed), wanted).await.unwrap();
            complete(&store, &claimed).await;
        }
        stage.pass(31 * DAY);
        let retained = retain(&store).await;
        assert_eq!((retained.expired, retained.forgotten, retained.outdated), (2, 0, 1));
        stage.pass(370 * DAY);
        assert_eq!(retain(&store).await.forgotten, 1);
        books_close(&store).await;
    }

    async fn many_events_are_given_up_some_at_a_time(stage: &Stage) {
        let store = stage.open().await;
        for number in 0..250 {
            store.accept_event(stage.booking(&number.to_string(), &[])).await.unwrap();
        }
        stage.pass(31 * DAY);
        let first = store.retain(&Retention::default()).await.unwrap();
        assert_eq!((first.expired, first.more), (100, true));
        assert_eq!(retain(&store).await.expired, 150);
        books_close(&store).await;
    }
}

#[tokio::test]
async fn a_send_that_is_tried_again_between_the_plan_and_the_deed_keeps_its_bytes() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let store = stage.open().await;
    mailed(&stage, &store).await;
    stage.pass(31 * DAY);
    let db = stage.connect().await;
    let retrying = db.begin().await.unwrap();
    retrying
        .execute_unprepared("UPDATE effects SET state = 'pending', settled_at = NULL, due_at = 0")
        .await
        .unwrap();
    let committing = async {
        // What was planned waits for the row of the send.
        let waits = "SELECT 1 FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        for _ in 0..2000 {
            let waits = Statement::from_string(DbBackend::Postgres, waits);
            if db.query_one_raw(waits).await.unwrap().is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        retrying.commit().await.unwrap();
    };
    let (retained, ()) = tokio::join!(retain(&store), committing);
    assert_eq!(retained.expired, 0);
    let (all, page) = (EffectFilter::default(), Page::default());
    let mut effects = store.list_effects(&all, &page).await.unwrap().items;
    let send = effects.remove(0).id;
    assert!(store.effect_message(send).await.unwrap().is_some());
    db.close().await.unwrap();
    store.close().await;
    stage.drop_database().await;
}
