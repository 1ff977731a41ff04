//! Waits for events: what answers them, and what does not.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::event::{Event, Origin};
use cuebook_core::event_wait::EventWait;
use cuebook_core::events::EventType;
use cuebook_core::journal::{StepKind, StepPath, StepRecord};
use cuebook_core::message::Message;
use cuebook_core::run::RunState;
use cuebook_core::{Account, EventId, Pid, RunId, Timestamp, Value};
use cuebook_store::{
    AcceptEvent, AwaitedEvent, ClaimedRun, CompletedAs, Segment, Store, WaitUntil,
};

use sea_orm::{ConnectionTrait, TransactionTrait};
use tokio::time::timeout;

use crate::script::{checkpoint, claim_one, complete, question, ready_ids, running};
use crate::stage::{Stage, stories};

/// Long enough for a transaction that waits for nobody to end.
const A_WHILE: Duration = Duration::from_millis(100);

/// An event that no rule is for.
fn event(stage: &Stage, event_type: &str, fields: &str) -> AcceptEvent {
    let body = format!(r#"{{"type":"{event_type}","payload":{{{fields}}}}}"#);
    let message = Message::parse(body.as_bytes()).unwrap();
    AcceptEvent {
        event: Event {
            id: EventId(stage.id()),
            account: Account::default(),
            event_type: Some(message.event_type),
            wire_type: Some(message.wire_type),
            subject: message.subject,
            origin: Origin::Webhook,
            received_at: stage.now(),
            headers: Vec::new(),
            body: body.into_bytes(),
            capture: false,
            parent: None,
            depth: 0,
            trust: cuebook_core::event::Trust::Token,
        },
        rejected: None,
        rules: Vec::new(),
    }
}

fn payment(stage: &Stage, booking: &str, number: u32) -> AcceptEvent {
    let fields = format!(r#""booking_pid":"{booking}","payment_pid":"p{number}","amount":"50.00""#);
    event(stage, "new-payment", &fields)
}

/// Which events a wait of 14 days would be ended by.
fn awaits(stage: &Stage, types: &[&str], subject: &str, fields: &[(&str, &str)]) -> EventWait {
    EventWait {
        types: types
            .iter()
            .map(|name| EventType::from_wire(name))
            .collect(),
        fields: fields
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        subject: Pid::from(subject),
        deadline: stage.now() + TimeDelta::days(14),
        capture: false,
    }
}

fn pays(stage: &Stage, booking: &str) -> EventWait {
    awaits(stage, &["new-payment"], booking, &[])
}

/// Suspends a run at step `path`.
async fn suspend(store: &Store, stage: &Stage, run: &ClaimedRun, path: u32, wait: EventWait) {
    suspend_with(store, stage, run, path, wait, Segment::default()).await;
}

async fn suspend_with(
    store: &Store,
    stage: &Stage,
    run: &ClaimedRun,
    path: u32,
    wait: EventWait,
    segment: Segment,
) {
    let step = StepPath::top(path);
    let mut recorded = checkpoint(run);
    recorded.steps.push(StepRecord {
        path: step.clone(),
        question: question("wait_for"),
        kind: StepKind::Wait,
        arguments: Vec::new(),
        answer: None,
        wake_at: Some(wait.deadline),
        line: Some(3),
        started_at: stage.now(),
        ended_at: None,
        attempts: 0,
    });
    let until = WaitUntil {
        wake_at: wait.deadline,
        code: "wait_for",
        reason: "waits for new-payment".to_owned(),
        forget: Vec::new(),
        event: Some(AwaitedEvent { step, wait }),
    };
    store.suspend_run(recorded, segment, until).await.unwrap();
}

async fn state(store: &Store, run: RunId) -> RunState {
    store.show_run(run).await.unwrap().unwrap().run.state
}

/// The answer of the step at `path`: the payment's pid, or nothing if there is none yet.
async fn answer(store: &Store, run: RunId, path: u32) -> Option<Value> {
    let journal = store.journal(run).await.unwrap();
    journal.steps[&StepPath::top(path)]
        .answer
        .clone()
        .map(Result::unwrap)
}

async fn paid_by(store: &Store, run: RunId, path: u32) -> Option<String> {
    let answer = answer(store, run, path).await?;
    let pid = answer.get("payload")?.get("payment_pid")?.as_text()?;
    Some(pid.to_owned())
}

stories! {
    async fn an_event_wakes_no_run_that_an_operator_has_cancelled(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        store.cancel_run(run.run.id, "no longer").await.unwrap();
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        assert_eq!(state(&store, run.run.id).await, RunState::Cancelled);
        assert_eq!(ready_ids(&store).await, []);
        assert_eq!(store.close_books().await.unwrap().findings, []);
    }

    async fn an_event_answers_the_wait_in_the_transaction_that_accepts_it(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        let shown = store.show_run(run.run.id).await.unwrap().unwrap().run;
        assert_eq!((shown.state, shown.code.as_deref()), (RunState::Waiting, Some("wait_for")));
        assert_eq!(answer(&store, run.run.id, 0).await, None);

        stage.pass(60);
        let came = payment(stage, "42", 1);
        let id = came.event.id;
        store.accept_event(came).await.unwrap();
        let shown = store.show_run(run.run.id).await.unwrap().unwrap();
        assert_eq!((shown.run.state, shown.run.wake_at), (RunState::Ready, None));
        assert_eq!((shown.run.code, shown.run.reason), (None, None));
        assert_eq!(shown.steps[0].ended_at, Some(stage.now()));

        let answer = answer(&store, run.run.id, 0).await.unwrap();
        assert_eq!(answer.get("id").unwrap().as_text(), Some(id.to_string().as_str()));
        assert_eq!(answer.get("type").unwrap().as_text(), Some("new-payment"));
        assert_eq!(answer.get("subject").unwrap().as_text(), Some("42"));
        assert_eq!(answer.get("received_at"), Some(&Value::Time(stage.now())));
        let amount = answer.get("payload").unwrap().get("amount");
        assert_eq!(amount.unwrap(), &Value::Decimal("50.00".parse().unwrap()));
        assert_eq!(claim_one(&store).await.claims, 1, "a new segment counts anew");
    }

    async fn what_is_of_another_booking_or_type_or_lacks_a_field_answers_nothing(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        let fields = [("booking_pid", "42"), ("payment_pid", "p7")];
        suspend(&store, stage, &run, 0, awaits(stage, &["new-payment", "refund"], "42", &fields)).await;
        for other in [
            payment(stage, "43", 7),
            payment(stage, "42", 1),
            event(stage, "booking-cancelled", r#""booking_pid":"42","payment_pid":"p7""#),
            event(stage, "new-payment", r#""person_pid":"42","payment_pid":"p7""#),
        ] {
            store.accept_event(other).await.unwrap();
        }
        let mut elsewhere = payment(stage, "42", 7);
        elsewhere.event.account = Account("other".to_owned());
        store.accept_event(elsewhere).await.unwrap();
        assert_eq!(state(&store, run.run.id).await, RunState::Waiting);
        store.accept_event(event(stage, "refund", r#""booking_pid":42,"payment_pid":"p7""#)).await.unwrap();
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p7"));
    }

    async fn what_is_tried_out_ends_no_wait_of_a_real_run(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        let mut trial = payment(stage, "42", 1);
        trial.event.capture = true;
        store.accept_event(trial.clone()).await.unwrap();
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        trial.event.id = EventId(stage.id());
        store.accept_event(trial).await.unwrap();
        assert_eq!(state(&store, run.run.id).await, RunState::Waiting);
        store.accept_event(payment(stage, "42", 2)).await.unwrap();
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p2"));
    }

    async fn an_event_that_came_after_the_runs_own_counts_and_one_before_does_not(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        let run = running(stage, &store, "42").await;
        store.accept_event(payment(stage, "43", 2)).await.unwrap();
        store.accept_event(payment(stage, "42", 3)).await.unwrap();
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p3"));
        let again = claim_one(&store).await;
        suspend(&store, stage, &again, 1, pays(stage, "42")).await;
        assert_eq!(state(&store, run.run.id).await, RunState::Waiting);
        assert_eq!(answer(&store, run.run.id, 1).await, None);
    }

    async fn each_event_answers_one_wait_of_a_run_the_oldest_first(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        for number in 1..=2 {
            store.accept_event(payment(stage, "42", number)).await.unwrap();
        }
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        let second = claim_one(&store).await;
        suspend(&store, stage, &second, 1, pays(stage, "42")).await;
        let third = claim_one(&store).await;
        suspend(&store, stage, &third, 2, pays(stage, "42")).await;
        store.accept_event(payment(stage, "42", 3)).await.unwrap();
        store.accept_event(payment(stage, "42", 4)).await.unwrap();
        let fourth = claim_one(&store).await;
        suspend(&store, stage, &fourth, 3, pays(stage, "42")).await;
        let mut paid = Vec::new();
        for path in 0..4 {
            paid.push(paid_by(&store, run.run.id, path).await.unwrap());
        }
        assert_eq!(paid, ["p1", "p2", "p3", "p4"]);
    }

    async fn an_event_that_only_a_later_wait_wants_is_kept_for_it(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        store.accept_event(event(stage, "booking-cancelled", r#""booking_pid":"42""#)).await.unwrap();
        for number in 0..40 {
            store.accept_event(payment(stage, "42", number)).await.unwrap();
        }
        let last = awaits(stage, &["new-payment"], "42", &[("payment_pid", "p39")]);
        suspend(&store, stage, &run, 0, last).await;
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p39"));
        let again = claim_one(&store).await;
        suspend(&store, stage, &again, 1, awaits(stage, &["booking-cancelled"], "42", &[])).await;
        let cancelled = answer(&store, run.run.id, 1).await.unwrap();
        assert_eq!(cancelled.get("type").unwrap().as_text(), Some("booking-cancelled"));
    }

    async fn one_event_answers_the_waits_of_many_runs_in_the_order_of_their_lane(stage: &Stage) {
        let store = stage.open().await;
        let mut runs = Vec::new();
        for rule in ["new-booking/a", "new-booking/b", "new-booking/a"] {
            store.accept_event(stage.booking("42", &[rule])).await.unwrap();
            let run = claim_one(&store).await;
            suspend(&store, stage, &run, 0, pays(stage, "42")).await;
            runs.push(run.run.id);
        }
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        for run in &runs {
            assert_eq!(paid_by(&store, *run, 0).await.as_deref(), Some("p1"));
        }
        assert_eq!(ready_ids(&store).await, runs[..2], "the third is in the lane of the first");
    }

    async fn a_deadline_ends_the_wait_and_no_event_answers_it_after(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        let wait = pays(stage, "42");
        let deadline: Timestamp = wait.deadline;
        suspend(&store, stage, &run, 0, wait).await;
        assert_eq!(store.next_due(None).await.unwrap().run, Some(deadline));
        stage.clock.advance(TimeDelta::days(14));
        // It came at the deadline, while nobody was awake: too late.
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        assert_eq!(state(&store, run.run.id).await, RunState::Waiting);
        assert_eq!(store.wake_runs().await.unwrap().woken, 1);
        // One that came in time, and was stored after the run woke: the run has gone on without it.
        let mut late = payment(stage, "42", 2);
        late.event.received_at = deadline - TimeDelta::seconds(1);
        store.accept_event(late).await.unwrap();
        assert_eq!(claim_one(&store).await.run.id, run.run.id);
        assert_eq!(answer(&store, run.run.id, 0).await, None, "the script answers it with ()");
    }

    async fn an_event_before_the_deadline_wins_though_nobody_was_awake(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        stage.clock.advance(TimeDelta::days(14) - TimeDelta::microseconds(1));
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        stage.clock.advance(TimeDelta::days(1));
        assert_eq!(store.wake_runs().await.unwrap().woken, 0, "it is awake already");
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p1"));
        assert_eq!(ready_ids(&store).await, [run.run.id]);
    }

    async fn a_wait_survives_a_death_and_what_a_rule_emits_ends_it(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        let store = stage.open_after_death(store).await;
        let other = running(stage, &store, "43").await;
        let segment = Segment { emitted: vec![payment(stage, "42", 5)], ..Segment::default() };
        store.complete_run(checkpoint(&other), segment, CompletedAs::Completed).await.unwrap();
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p5"));
    }

    async fn what_a_run_emits_itself_as_it_begins_to_wait_ends_its_wait(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        let segment = Segment { emitted: vec![payment(stage, "42", 6)], ..Segment::default() };
        suspend_with(&store, stage, &run, 0, pays(stage, "42"), segment).await;
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p6"));
    }

    async fn a_cancelled_run_is_given_nothing(stage: &Stage) {
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        suspend(&store, stage, &run, 0, pays(stage, "42")).await;
        store.cancel_run(run.run.id, "by hand").await.unwrap();
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        assert_eq!(state(&store, run.run.id).await, RunState::Cancelled);
        // Begun anew, it waits anew: what its former wait left behind does not count.
        store.restart_run(run.run.id).await.unwrap();
        let again = claim_one(&store).await;
        suspend(&store, stage, &again, 0, awaits(stage, &["refund"], "42", &[])).await;
        store.accept_event(payment(stage, "42", 2)).await.unwrap();
        assert_eq!(state(&store, run.run.id).await, RunState::Waiting);
        store.accept_event(event(stage, "refund", r#""booking_pid":"42","payment_pid":"p3""#)).await.unwrap();
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p3"));
    }

    async fn a_waiting_run_frees_its_lane_and_queues_again_behind(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "42").await;
        let rule = ["new-booking/thanks"];
        let second = store.accept_event(stage.booking("42", &rule)).await.unwrap().runs;
        suspend(&store, stage, &first, 0, pays(stage, "42")).await;
        let running = claim_one(&store).await;
        assert_eq!(running.run.id, second[0], "the lane is free");
        store.accept_event(payment(stage, "42", 1)).await.unwrap();
        assert!(ready_ids(&store).await.is_empty(), "the second is still running");
        complete(&store, &running).await;
        assert_eq!(claim_one(&store).await.run.id, first.run.id);
    }

    async fn several_processes_accept_at_a_time_and_a_suspension_waits_for_them(stage: &Stage) {
        if stage.folder.is_some() {
            return; // Only one process may have a SQLite file.
        }
        let store = stage.open().await;
        let run = running(stage, &store, "42").await;
        let db = stage.connect().await;
        let others = async |kind: &str| {
            // Another process is in the middle of a transaction about every subject.
            let tx = db.begin().await.unwrap();
            let all = format!("SELECT {kind}(1668638071, n) FROM generate_series(0, 511) AS n");
            tx.execute_unprepared(&all).await.unwrap();
            tx
        };
        let accepting = others("pg_advisory_xact_lock_shared").await;
        store.accept_event(payment(stage, "43", 1)).await.unwrap();
        let mut suspension = Box::pin(suspend(&store, stage, &run, 0, pays(stage, "42")));
        assert!(timeout(A_WHILE, &mut suspension).await.is_err(), "it did not wait");
        accepting.commit().await.unwrap();
        suspension.await;

        let suspending = others("pg_advisory_xact_lock").await;
        let mut acceptance = Box::pin(store.accept_event(payment(stage, "42", 2)));
        assert!(timeout(A_WHILE, &mut acceptance).await.is_err(), "it did not wait");
        suspending.commit().await.unwrap();
        acceptance.await.unwrap();
        assert_eq!(paid_by(&store, run.run.id, 0).await.as_deref(), Some("p2"));
    }

    async fn acceptance_and_suspension_never_miss_each_other(stage: &Stage) {
        let store = stage.open().await;
        // On Postgres the two are different processes.
        let other = match &stage.folder {
            Some(_) => store.clone(),
            None => stage.open().await,
        };
        for round in 0..40 {
            let booking = format!("b{round}");
            let run = running(stage, &store, &booking).await;
            let came = payment(stage, &booking, round);
            let (accepted, ()) = tokio::join!(
                other.accept_event(came),
                suspend(&store, stage, &run, 0, pays(stage, &booking)),
            );
            accepted.unwrap();
            let paid = paid_by(&store, run.run.id, 0).await;
            assert_eq!(paid, Some(format!("p{round}")), "round {round}");
            let again = claim_one(&store).await;
            complete(&store, &again).await;
        }
    }
}
