//! The past, read beside a running server.

use cuebook_core::effect::EffectState;
use cuebook_core::event_wait::EventWait;
use cuebook_core::events::EventType;
use cuebook_core::journal::StepPath;
use cuebook_core::{Account, EventId, Pid, Value};
use cuebook_store::{Archive, CompletedAs, EventRange, Segment, SettledAs, Store, StoreError};

use crate::script::{checkpoint, claim_one, mails};
use crate::stage::{Stage, stories};

/// Accepts a booking with one rule, and gives its id.
async fn booked(stage: &Stage, store: &Store, subject: &str) -> EventId {
    let event = stage.booking(subject, &["new-booking/thanks"]);
    store.accept_event(event).await.unwrap().id
}

async fn all(archive: &Archive, range: &EventRange, page: u64) -> Vec<EventId> {
    let mut found = Vec::new();
    loop {
        let events = archive
            .occurrences(range, None, found.last().copied(), page)
            .await
            .unwrap();
        if events.is_empty() {
            return found;
        }
        found.extend(events.iter().map(|past| past.event.id));
    }
}

stories! {
    async fn runs_that_are_not_over_come_with_their_journals_page_by_page(stage: &Stage) {
        let store = stage.open().await;
        let archive = Archive::open(&stage.url).await.unwrap();
        let mut open = Vec::new();
        for subject in ["1", "2", "3"] {
            booked(stage, &store, subject).await;
            let claimed = claim_one(&store).await;
            let mut checkpoint = checkpoint(&claimed);
            checkpoint.steps.push(stage.step(0, Some(Value::Int(7))));
            store.record_steps(checkpoint).await.unwrap();
            open.push(claimed);
        }
        let over = open.remove(1);
        store
            .complete_run(checkpoint(&over), Segment::default(), CompletedAs::Completed)
            .await
            .unwrap();
        booked(stage, &store, "4").await;
        let first = archive.open_runs(None, 1).await.unwrap().remove(0);
        let rest = archive.open_runs(Some(first.run.id), 10).await.unwrap();
        assert_eq!([first.run.id, rest[0].run.id], [open[0].run.id, open[1].run.id]);
        assert_eq!(rest.len(), 1, "one is over, and one has not begun");
        let entry = &rest[0].journal.steps[&StepPath::top(0)];
        assert_eq!(entry.answer, Some(Ok(Value::Int(7))));
        assert_eq!(rest[0].event.as_ref().unwrap().id, rest[0].run.event_id);
    }

    async fn events_come_in_order_of_arrival_page_by_page_beside_the_store(stage: &Stage) {
        let store = stage.open().await;
        let archive = Archive::open(&stage.url).await.unwrap();
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(booked(stage, &store, &format!("4{number}")).await);
            stage.pass(60);
        }
        let mut broken = stage.booking("47", &[]);
        broken.rejected = Some("no type".to_owned());
        store.accept_event(broken).await.unwrap();
        assert_eq!(all(&archive, &EventRange::default(), 2).await, ids, "without the quarantine");
        let since = Some(stage.now() - chrono::TimeDelta::seconds(180));
        let late = EventRange { since, ..EventRange::default() };
        assert_eq!(all(&archive, &late, 10).await, ids[2..]);
        assert_eq!(archive.count(&late).await.unwrap(), 3);
        let until = since;
        let early = EventRange { until, ..EventRange::default() };
        assert_eq!(all(&archive, &early, 10).await, ids[..2]);
        let mut tried = stage.booking("48", &[]);
        tried.event.capture = true;
        let tried = store.accept_event(tried).await.unwrap().id;
        assert_eq!(archive.count(&late).await.unwrap(), 3, "what was only tried out is left out");
        let with_tried = EventRange { with_captured: true, ..late.clone() };
        assert_eq!(all(&archive, &with_tried, 10).await.last(), Some(&tried));
        let types = vec!["new-payment".to_owned()];
        let others = EventRange { types, ..EventRange::default() };
        assert_eq!(archive.count(&others).await.unwrap(), 0);
        let event = archive.event(ids[0]).await.unwrap().unwrap();
        assert_eq!(event.subject, Some(Pid::from("40")));
        archive.close().await.unwrap();
    }

    async fn a_run_is_given_with_its_answers_and_with_what_it_sent(stage: &Stage) {
        let store = stage.open().await;
        let id = booked(stage, &store, "42").await;
        let claimed = claim_one(&store).await;
        let mut record = checkpoint(&claimed);
        let answer = Value::from([("status", Value::Int(201))]);
        record.steps.push(stage.step(0, Some(answer.clone())));
        store.complete_run(record, mails(1, &["tom@example.test"]), CompletedAs::Completed).await.unwrap();

        let archive = Archive::open(&stage.url).await.unwrap();
        let past = archive.runs(&[id], None).await.unwrap().remove(&id).unwrap();
        assert_eq!(past.len(), 1);
        let run = &past[0];
        assert_eq!(run.run.id, claimed.run.id);
        let steps: Vec<String> = run.steps.keys().map(ToString::to_string).collect();
        assert_eq!(steps, ["0"], "a mail stands in the ledger");
        let step = &run.steps[&StepPath::top(0)];
        assert_eq!(step.entry.answer, Some(Ok(answer)));
        assert_eq!(step.arguments, [Value::from("https://example.test/")]);
        assert_eq!(run.effects.len(), 1);
        let effect = &run.effects[0];
        assert_eq!((effect.kind.as_str(), effect.state), ("email::send", EffectState::Pending));
        assert_eq!(effect.body.as_ref().unwrap().envelope["to"], "tom@example.test");

        let none = archive.runs(&[id], Some(&["any/other".parse().unwrap()])).await.unwrap();
        assert!(none.is_empty());
        let shown = store.past_run(id, &"new-booking/thanks".parse().unwrap()).await.unwrap();
        assert_eq!(shown.as_ref(), Some(run));

        let range = EventRange::default();
        let pages = archive.occurrences(&range, None, None, 10).await.unwrap();
        assert_eq!(pages[0].runs, past, "a page says the same");
        let whole = archive.event(id).await.unwrap().unwrap();
        let found = &pages[0].event;
        assert_eq!((&found.id, &found.subject, &found.body), (&whole.id, &whole.subject, &whole.body));
        assert_eq!((found.received_at, found.trust), (whole.received_at, whole.trust));
        let others = ["any/other".parse().unwrap()];
        let without = archive.occurrences(&range, Some(&others), None, 10).await.unwrap();
        assert_eq!(without[0].runs, []);
    }

    async fn of_a_run_that_began_anew_its_present_generation_counts(stage: &Stage) {
        let store = stage.open().await;
        let id = booked(stage, &store, "42").await;
        let claimed = claim_one(&store).await;
        store.complete_run(checkpoint(&claimed), keyed(&claimed.run, 0), CompletedAs::Completed).await.unwrap();
        let sends = store.claim_sends(10).await.unwrap();
        store.settle_send(stage.settlement(&sends[0], SettledAs::Done)).await.unwrap();
        store.restart_run(claimed.run.id).await.unwrap();
        let again = claim_one(&store).await;
        store.complete_run(checkpoint(&again), keyed(&again.run, 1), CompletedAs::Completed).await.unwrap();
        let archive = Archive::open(&stage.url).await.unwrap();
        let past = archive.runs(&[id], None).await.unwrap().remove(&id).unwrap();
        let states: Vec<EffectState> = past[0].effects.iter().map(|effect| effect.state).collect();
        assert_eq!(states, [EffectState::Pending], "and not the one that was done before");
    }

    async fn the_secrets_of_scripts_are_opened_with_the_key_that_sealed_them(stage: &Stage) {
        let store = stage.open().await;
        let text = cuebook_core::secret::SecretText::new("s3cret");
        store.put_secret("script", "CRM", &text).await.unwrap();
        let archive = Archive::open(&stage.url).await.unwrap();
        let secrets = archive.script_secrets(&stage.key).await.unwrap();
        assert_eq!(secrets.lookup("CRM").unwrap().reveal(), "s3cret");
        assert!(secrets.lookup("OTHER").is_none());
    }

    async fn a_wait_is_ended_by_the_first_later_event_that_was_not_given_before(stage: &Stage) {
        let store = stage.open().await;
        let own = booked(stage, &store, "42").await;
        let mut later = Vec::new();
        for subject in ["42", "7", "42", "42"] {
            stage.pass(60);
            later.push(booked(stage, &store, subject).await);
        }
        let archive = Archive::open(&stage.url).await.unwrap();
        let wait = EventWait {
            types: vec![EventType::from_wire("new-booking")],
            fields: std::collections::BTreeMap::default(),
            subject: Pid::from("42"),
            deadline: stage.now(),
            capture: false,
        };
        let account = Account::default();
        let mut given = Vec::new();
        while let Some(event) = archive.awaited(&account, &wait, own, &given).await.unwrap() {
            given.push(event.id);
        }
        let about = archive.about(&account, &Pid::from("42"), own, 2).await.unwrap();
        let ids: Vec<EventId> = about.iter().map(|event| event.id).collect();
        assert_eq!(ids, [later[0], later[2]]);
        assert_eq!(given, [later[0], later[2]], "the last one came at the deadline, which is too late");
    }
}

stories! {
    async fn a_run_is_found_by_its_id_with_what_its_event_led_to(stage: &Stage) {
        let store = stage.open().await;
        let own = booked(stage, &store, "42").await;
        let claimed = claim_one(&store).await;
        let mut emitted = stage.booking("42", &[]);
        emitted.event.parent = Some(own);
        let segment = Segment {
            emitted: vec![emitted.clone()],
            ..keyed(&claimed.run, 0)
        };
        store
            .complete_run(checkpoint(&claimed), segment, CompletedAs::Completed)
            .await
            .unwrap();
        let other = booked(stage, &store, "42").await;

        let archive = Archive::open(&stage.url).await.unwrap();
        let found = archive.run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!((found.run.id, found.run.event_id), (claimed.run.id, own));
        assert_eq!(found.effects.len(), 1);
        let ids = |events: Vec<cuebook_core::event::Event>| -> Vec<EventId> {
            events.iter().map(|event| event.id).collect()
        };
        assert_eq!(ids(archive.emitted(own).await.unwrap()).len(), 1);
        assert_eq!(ids(archive.emitted(other).await.unwrap()), []);
        let none = archive.run(cuebook_core::RunId(own.0)).await.unwrap();
        assert!(none.is_none());
    }
}

/// A mail whose key is that of the run's generation.
fn keyed(run: &cuebook_core::run::Run, generation: u32) -> Segment {
    let mut segment = mails(0, &["tom@example.test"]);
    let key = cuebook_core::keys::effect_key(run.id, generation, &StepPath::top(0), 0);
    segment.sends[0].0.parts[0].key = key;
    segment
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made() {
    let stage = Stage::sqlite();
    let refused = Archive::open(&stage.url).await.err().unwrap();
    assert!(matches!(refused, StoreError::File { .. }), "{refused:?}");
    assert!(
        !stage
            .folder
            .as_ref()
            .unwrap()
            .path()
            .join("cuebook.db")
            .exists()
    );
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_and_left_as_it_is() {
    let stage = Stage::sqlite();
    std::fs::write(
        stage.folder.as_ref().unwrap().path().join("cuebook.db"),
        b"",
    )
    .unwrap();
    let refused = Archive::open(&stage.url).await.err().unwrap();
    assert!(
        matches!(&refused, StoreError::PendingMigrations { first, .. } if first == "m20261124_000001_events"),
        "{refused:?}"
    );
}
