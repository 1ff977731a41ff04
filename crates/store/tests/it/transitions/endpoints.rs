//! Endpoints, and what is forwarded to them.

use chrono::TimeDelta;
use cuebook_core::effect::{Effect, EffectState};
use cuebook_core::endpoint::{EndpointState, USUAL_ORIGINS};
use cuebook_core::event::Origin;
use cuebook_core::secret::SecretText;
use cuebook_core::{EffectId, EndpointId, EventId};
use cuebook_store::{
    EffectFilter, EffectOperated, EndpointChanges, EndpointOperated, NewEndpoint, Page, Recovered,
    SettledAs, Settlement, Store,
};

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use sea_orm::{ConnectionTrait as _, DbBackend};

use crate::stage::{Stage, stories};

const URL: &str = "https://crm.example.test/hooks?key=1";

/// Registers an endpoint for these types, whose secret is called like it.
async fn endpoint(stage: &Stage, store: &Store, types: &[&str]) -> EndpointId {
    let id = EndpointId(stage.id());
    let new = NewEndpoint {
        id,
        url: URL.to_owned(),
        description: String::new(),
        types: types.iter().map(|&one| one.to_owned()).collect(),
        origins: USUAL_ORIGINS.to_vec(),
        enabled: true,
        rate: Some(5),
    };
    let secret = SecretText::new("first");
    store.add_endpoint(new, &secret).await.unwrap();
    id
}

/// Accepts an event that has no rule.
async fn event(stage: &Stage, store: &Store) -> EventId {
    let event = stage.booking("42", &[]);
    store.accept_event(event).await.unwrap().id
}

async fn deliveries(store: &Store, endpoint: EndpointId) -> Vec<Effect> {
    let filter = EffectFilter {
        endpoint: Some(endpoint),
        ..EffectFilter::default()
    };
    store
        .list_effects(&filter, &Page::default())
        .await
        .unwrap()
        .items
}

async fn state(store: &Store, endpoint: EndpointId) -> EndpointState {
    store.show_endpoint(endpoint).await.unwrap().unwrap().state
}

/// The texts of what signs messages to it now.
fn secrets(stage: &Stage, store: &Store, endpoint: EndpointId) -> Vec<String> {
    let found = store.destinations().destination(endpoint, stage.now());
    let secrets = found.map(|found| found.secrets).unwrap_or_default();
    secrets
        .iter()
        .map(|text| text.reveal().to_owned())
        .collect()
}

/// Claims the one delivery that is due, and settles it so.
async fn settle(stage: &Stage, store: &Store, outcome: SettledAs) -> cuebook_store::Settled {
    let settlement = settlement(stage, store, outcome).await;
    store.settle_send(settlement).await.unwrap()
}

async fn settlement(stage: &Stage, store: &Store, outcome: SettledAs) -> Settlement {
    let mut claimed = store.claim_sends(10).await.unwrap();
    assert_eq!(claimed.len(), 1, "one delivery is due");
    stage.settlement(&claimed.remove(0), outcome)
}

/// How many statements were made so far.
fn statements(store: &Store) -> u64 {
    let mut registry = Registry::default();
    store.register_metrics(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    let name = "cuebook_store_statements_total ";
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

async fn books_close(store: &Store) {
    let books = store.close_books().await.unwrap();
    assert!(books.findings.is_empty(), "{:?}", books.findings);
}

stories! {
    async fn an_event_is_forwarded_with_its_bytes_and_in_its_own_transaction(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        let mut booking = stage.booking("42", &[]);
        booking.event.headers.push(("content-type".to_owned(), "text/json".to_owned()));
        let body = booking.event.body.clone();
        let commits = store.commits();
        let event = store.accept_event(booking).await.unwrap().id;
        assert_eq!(store.commits(), commits + 1);
        let claimed = store.claim_sends(10).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].body, body);
        assert_eq!(claimed[0].envelope["content_type"], "text/json");
        assert_eq!((claimed[0].endpoint, claimed[0].run_id), (Some(id), None));
        assert_eq!(claimed[0].key, cuebook_core::keys::delivery_key(event, id));
        assert_eq!(claimed[0].target, "https://crm.example.test/hooks?…");
        let row = store.show_effect(claimed[0].id).await.unwrap().unwrap();
        assert_eq!((row.event_id, row.rule), (event, None));
        books_close(&store).await;
    }

    async fn types_and_origins_decide_what_is_forwarded(stage: &Stage) {
        let store = stage.open().await;
        let bookings = endpoint(stage, &store, &["new-booking"]).await;
        let payments = endpoint(stage, &store, &["new-payment"]).await;
        event(stage, &store).await;
        for origin in [Origin::Trigger, Origin::Replay, Origin::Emit, Origin::Reconcile] {
            let mut other = stage.booking("43", &[]);
            other.event.origin = origin;
            store.accept_event(other).await.unwrap();
        }
        let mut rejected = stage.booking("44", &[]);
        rejected.rejected = Some("no message".to_owned());
        store.accept_event(rejected).await.unwrap();
        assert_eq!(deliveries(&store, bookings).await.len(), 2, "of the webhook and what was reconciled");
        assert!(deliveries(&store, payments).await.is_empty());
    }

    async fn what_shall_not_be_performed_is_captured(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        let mut captured = stage.booking("42", &[]);
        captured.event.capture = true;
        store.accept_event(captured).await.unwrap();
        event(stage, &store).await;
        store.capture_deliveries(true);
        event(stage, &store).await;
        // What was pending before is not sent either.
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        let states: Vec<_> = deliveries(&store, id).await.into_iter().map(|row| row.state).collect();
        assert_eq!(states, [EffectState::Captured; 3]);
        books_close(&store).await;
    }

    async fn only_an_event_that_is_for_an_endpoint_costs_a_statement_more(stage: &Stage) {
        let store = stage.open().await;
        let mut costs = Vec::new();
        for types in [None, Some("new-payment"), Some("new-booking")] {
            if let Some(types) = types {
                endpoint(stage, &store, &[types]).await;
            }
            // What is asked but once was asked by now.
            event(stage, &store).await;
            let before = statements(&store);
            event(stage, &store).await;
            costs.push(statements(&store) - before);
        }
        assert_eq!(costs, [costs[0], costs[0], costs[0] + 1]);
    }

    async fn the_former_secret_signs_beside_the_new_one_for_a_day(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        assert_eq!(secrets(stage, &store, id), ["first"]);
        let second = SecretText::new("second");
        store.rotate_endpoint_secret(id, &second).await.unwrap();
        assert_eq!(secrets(stage, &store, id), ["second", "first"]);
        stage.pass(24 * 3600 - 1);
        assert_eq!(secrets(stage, &store, id), ["second", "first"]);
        stage.pass(1);
        assert_eq!(secrets(stage, &store, id), ["second"]);
        // They are known again after a restart, and sealed where they are stored.
        store.close().await;
        let store = stage.open().await;
        assert_eq!(secrets(stage, &store, id), ["second"]);
        assert!(store.list_secrets("script").await.unwrap().is_empty());
    }

    async fn an_endpoint_is_paused_after_five_days_of_failure_and_what_comes_is_held(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        event(stage, &store).await;
        let later = |hours| SettledAs::RetryAt(stage.now() + TimeDelta::hours(hours));
        assert_eq!(settle(stage, &store, later(100)).await.turned, None);
        let failing_since = store.show_endpoint(id).await.unwrap().unwrap().failing_since;
        assert_eq!(failing_since, Some(stage.now()));
        stage.pass(100 * 3600);
        assert_eq!(settle(stage, &store, later(20)).await.turned, None);
        stage.pass(20 * 3600);
        let turned = settle(stage, &store, later(1)).await.turned.unwrap();
        assert_eq!((turned.id, turned.state), (id, EndpointState::Paused));
        event(stage, &store).await;
        stage.pass(3600);
        assert!(store.claim_sends(10).await.unwrap().is_empty(), "it gets nothing");
        let states: Vec<_> = deliveries(&store, id).await.into_iter().map(|row| row.state).collect();
        assert_eq!(states, [EffectState::Held; 2]);
        books_close(&store).await;
        // It gets both once it is enabled, and five further days.
        store.enable_endpoint(id).await.unwrap();
        let endpoint = store.show_endpoint(id).await.unwrap().unwrap();
        assert_eq!((endpoint.state, endpoint.failing_since), (EndpointState::Enabled, None));
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 2);
    }

    async fn a_success_ends_the_time_of_failing(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        event(stage, &store).await;
        let later = |hours| SettledAs::RetryAt(stage.now() + TimeDelta::hours(hours));
        settle(stage, &store, later(119)).await;
        stage.pass(119 * 3600);
        settle(stage, &store, SettledAs::Done).await;
        let endpoint = store.show_endpoint(id).await.unwrap().unwrap();
        assert_eq!(endpoint.failing_since, None);
        event(stage, &store).await;
        stage.pass(2 * 3600);
        assert_eq!(settle(stage, &store, SettledAs::Failed).await.turned, None);
    }

    async fn an_endpoint_that_says_that_it_is_gone_is_disabled(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        event(stage, &store).await;
        let mut gone = settlement(stage, &store, SettledAs::Failed).await;
        gone.attempt.status = Some(410);
        let turned = store.settle_send(gone).await.unwrap().turned.unwrap();
        assert_eq!(turned.state, EndpointState::Disabled);
        event(stage, &store).await;
        assert_eq!(deliveries(&store, id).await.len(), 1, "nothing is made for it any more");
    }

    async fn what_is_pending_for_a_disabled_endpoint_waits_and_for_a_removed_one_ends(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        event(stage, &store).await;
        store.disable_endpoint(id).await.unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        assert_eq!(deliveries(&store, id).await[0].state, EffectState::Held);
        store.enable_endpoint(id).await.unwrap();
        assert_eq!(deliveries(&store, id).await[0].state, EffectState::Pending);
        assert_eq!(store.remove_endpoint(id).await.unwrap(), EndpointOperated::Done);
        assert_eq!(store.remove_endpoint(id).await.unwrap(), EndpointOperated::NoSuch);
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        assert_eq!(deliveries(&store, id).await[0].state, EffectState::Discarded);
        assert!(store.list_endpoints(&Page::default()).await.unwrap().items.is_empty());
        assert!(secrets(stage, &store, id).is_empty());
        books_close(&store).await;
    }

    async fn what_is_held_for_an_endpoint_that_is_removed_ends(stage: &Stage) {
        let store = stage.open().await;
        let (id, other) = (endpoint(stage, &store, &[]).await, endpoint(stage, &store, &[]).await);
        event(stage, &store).await;
        for one in [id, other] {
            store.disable_endpoint(one).await.unwrap();
        }
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        stage.pass(1);
        store.remove_endpoint(id).await.unwrap();
        let ended = deliveries(&store, id).await.remove(0);
        assert_eq!((ended.state, ended.settled_at), (EffectState::Discarded, Some(stage.now())));
        assert_eq!(deliveries(&store, other).await[0].state, EffectState::Held);
        books_close(&store).await;
    }

    async fn of_changes_at_the_same_time_the_last_one_is_known(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        for round in 0..40 {
            let mut changes = tokio::task::JoinSet::new();
            for number in 0..8 {
                let store = store.clone();
                let url = Some(format!("https://crm.example.test/{round}/{number}"));
                changes.spawn(async move {
                    let changes = EndpointChanges { url, ..EndpointChanges::default() };
                    store.update_endpoint(id, changes).await.unwrap()
                });
            }
            changes.join_all().await;
            let stored = store.show_endpoint(id).await.unwrap().unwrap().url;
            let known = store.destinations().destination(id, stage.now()).unwrap().url;
            assert_eq!(known, stored);
        }
    }

    async fn what_is_changed_of_an_endpoint_holds_and_the_rest_stays(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &["new-booking"]).await;
        let changes = EndpointChanges {
            url: Some("https://other.example.test/".to_owned()),
            rate: Some(None),
            ..EndpointChanges::default()
        };
        store.update_endpoint(id, changes).await.unwrap();
        let shown = store.show_endpoint(id).await.unwrap().unwrap();
        assert_eq!((shown.rate, shown.types), (None, vec!["new-booking".to_owned()]));
        let destination = store.destinations().destination(id, stage.now()).unwrap();
        assert_eq!(destination.url, "https://other.example.test/");
        let nobody = EndpointId(stage.id());
        let changed = store.update_endpoint(nobody, EndpointChanges::default()).await.unwrap();
        assert_eq!(changed, EndpointOperated::NoSuch);
    }

    async fn what_failed_is_recovered_and_what_was_done_resent_with_the_same_key(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        event(stage, &store).await;
        settle(stage, &store, SettledAs::Failed).await;
        stage.pass(60);
        let since = stage.now();
        event(stage, &store).await;
        settle(stage, &store, SettledAs::Failed).await;
        assert_eq!(store.recover_deliveries(id, since, None).await.unwrap(), Recovered(1));
        let done = store.claim_sends(10).await.unwrap().remove(0);
        store.settle_send(stage.settlement(&done, SettledAs::Done)).await.unwrap();
        let resent = store.resend_delivery(id, done.id).await.unwrap();
        assert_eq!(resent, EffectOperated::Done);
        let again = store.claim_sends(10).await.unwrap().remove(0);
        assert_eq!((again.id, &again.key, again.attempts), (done.id, &done.key, 2));
        assert_eq!(store.resend_delivery(id, done.id).await.unwrap(), EffectOperated::UnderWay);
        let other = EndpointId(stage.id());
        assert_eq!(store.resend_delivery(other, done.id).await.unwrap(), EffectOperated::NoSuch);
    }

    async fn a_test_carries_bytes_of_its_own_and_no_event(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &["new-payment"]).await;
        let shown = store.show_endpoint(id).await.unwrap().unwrap();
        let delivery = EffectId(stage.id());
        store.test_endpoint(shown, delivery, b"{}".to_vec()).await.unwrap();
        let claimed = store.claim_sends(10).await.unwrap().remove(0);
        assert_eq!((claimed.id, claimed.body), (delivery, b"{}".to_vec()));
        books_close(&store).await;
    }

    async fn an_attempt_that_a_dead_process_left_open_is_doubtful_and_made_again(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        event(stage, &store).await;
        let before = store.claim_sends(10).await.unwrap().remove(0);
        let store = stage.open_after_death(store).await;
        let again = store.claim_sends(10).await.unwrap().remove(0);
        assert_eq!((again.id, again.key, again.body), (before.id, before.key, before.body));
        assert_eq!(deliveries(&store, id).await[0].attempts.len(), 1);
        assert_eq!(state(&store, id).await, EndpointState::Enabled);
    }

    async fn what_stands_in_the_place_of_an_erased_message_is_not_forwarded(stage: &Stage) {
        let store = stage.open().await;
        let id = endpoint(stage, &store, &[]).await;
        let event = event(stage, &store).await;
        settle(stage, &store, SettledAs::Done).await;
        let db = stage.connect().await;
        let gone = r#"{"payload":null,"type":"new-booking","erased":true}"#;
        let row = if db.get_database_backend() == DbBackend::Postgres {
            format!("UPDATE events SET body = '{gone}'::bytea WHERE id = '{event}'")
        } else {
            format!("UPDATE events SET body = CAST('{gone}' AS BLOB)")
        };
        db.execute_unprepared(&row).await.unwrap();
        db.close().await.unwrap();
        let done = deliveries(&store, id).await.remove(0).id;
        store.resend_delivery(id, done).await.unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        assert_eq!(deliveries(&store, id).await[0].state, EffectState::Failed);
    }

    async fn the_effects_of_an_event_are_those_of_its_runs_and_its_deliveries(stage: &Stage) {
        let store = stage.open().await;
        endpoint(stage, &store, &[]).await;
        let wanted = event(stage, &store).await;
        event(stage, &store).await;
        for filter in [
            EffectFilter { event: Some(wanted), ..EffectFilter::default() },
            EffectFilter { event_type: vec!["new-booking".to_owned()], event: Some(wanted), ..EffectFilter::default() },
        ] {
            let found = store.list_effects(&filter, &Page::default()).await.unwrap().items;
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].event_id, wanted);
        }
        let none = EffectFilter { event_type: vec!["new-payment".to_owned()], ..EffectFilter::default() };
        assert!(store.list_effects(&none, &Page::default()).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn an_endpoint_that_one_process_registers_the_other_forwards_to() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let (one, other) = (stage.open().await, stage.open().await);
    let id = endpoint(&stage, &one, &[]).await;
    event(&stage, &one).await;
    // Even before it hears of it, the other does not throw away what is for it.
    let claimed = other.claim_sends(10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(other.destinations().destination(id, stage.now()).is_some());
    event(&stage, &other).await;
    assert_eq!(deliveries(&one, id).await.len(), 2);
    one.close().await;
    other.close().await;
    stage.drop_database().await;
}
