//! What operators are told.

use chrono::TimeDelta;
use cuebook_core::alert::{Alert, AlertKind, Trouble};
use cuebook_store::{Page, Stopped, Store, Told};

use crate::stage::{Stage, stories};

fn failed(number: u64) -> Trouble {
    Trouble {
        kind: AlertKind::RunFailed,
        about: "new-booking/thanks".to_owned(),
        number,
        detail: "look".to_owned(),
    }
}

async fn claimed(store: &Store) -> Vec<Alert> {
    store.claim_alerts().await.unwrap()
}

async fn told(store: &Store, alerts: &[Alert]) {
    let alerts = alerts.iter().map(|alert| alert.id).collect();
    store
        .settle_alerts(Told {
            alerts,
            error: None,
        })
        .await
        .unwrap();
}

stories! {
    async fn a_trouble_is_raised_once_told_once_and_told_to_be_over(stage: &Stage) {
        let store = stage.open().await;
        for _ in 0..3 {
            store.raise_alerts(vec![failed(1)]).await.unwrap();
        }
        let first = claimed(&store).await;
        assert_eq!(first.len(), 1);
        assert_eq!(claimed(&store).await, [], "it is in somebody's hands");
        told(&store, &first).await;
        stage.pass(7_200);
        store.raise_alerts(vec![failed(1)]).await.unwrap();
        assert_eq!(claimed(&store).await, [], "it was told, and is the same");

        store.raise_alerts(Vec::new()).await.unwrap();
        let over = claimed(&store).await;
        assert_eq!(over[0].id, first[0].id);
        assert!(over[0].title().starts_with("over: "));
        told(&store, &over).await;
        stage.pass(172_800);
        assert_eq!(claimed(&store).await, []);

        store.raise_alerts(vec![failed(1)]).await.unwrap();
        let again = claimed(&store).await;
        assert_ne!(again[0].id, first[0].id, "a trouble that comes again is another");
        let listed = store.list_alerts(None, &Page::default()).await.unwrap();
        assert_eq!(listed.items.len(), 2);
        let lasting = store.list_alerts(Some(true), &Page::default()).await.unwrap();
        assert_eq!(lasting.items[0].id, again[0].id);
        let ended = store.list_alerts(Some(false), &Page::default()).await.unwrap();
        assert_eq!(ended.items[0].id, first[0].id);
    }

    async fn one_that_grows_is_told_again_after_an_hour_and_one_that_lasts_after_a_day(stage: &Stage) {
        let store = stage.open().await;
        store.raise_alerts(vec![failed(1)]).await.unwrap();
        told(&store, &claimed(&store).await).await;
        stage.pass(600);
        store.raise_alerts(vec![failed(5)]).await.unwrap();
        assert_eq!(claimed(&store).await, []);
        stage.pass(3_000);
        let grown = claimed(&store).await;
        assert_eq!(grown[0].title(), "5 runs of new-booking/thanks failed");
        told(&store, &grown).await;
        stage.pass(86_399);
        store.raise_alerts(vec![failed(5)]).await.unwrap();
        assert_eq!(claimed(&store).await, []);
        stage.pass(1);
        assert_eq!(claimed(&store).await.len(), 1);
    }

    async fn one_that_could_not_be_told_is_tried_again_and_says_why(stage: &Stage) {
        let store = stage.open().await;
        store.raise_alerts(vec![failed(1)]).await.unwrap();
        let first = claimed(&store).await;
        let error = Some("the mail server hangs up".to_owned());
        let failure = Told { alerts: vec![first[0].id], error };
        store.settle_alerts(failure.clone()).await.unwrap();
        assert_eq!(claimed(&store).await, []);
        stage.pass(60);
        let second = claimed(&store).await;
        assert_eq!(second[0].error.as_deref(), Some("the mail server hangs up"));
        assert_eq!(second[0].told_at, None);
        store.settle_alerts(failure).await.unwrap();
        stage.pass(60);
        assert_eq!(claimed(&store).await, [], "the pause grows");
        stage.pass(60);
        // Its teller dies with it.
        assert_eq!(claimed(&store).await.len(), 1);
        stage.pass(300);
        assert_eq!(claimed(&store).await.len(), 1);
    }

    async fn one_that_grows_while_it_cannot_be_told_is_not_told_at_each_look(stage: &Stage) {
        let store = stage.open().await;
        store.raise_alerts(vec![failed(1)]).await.unwrap();
        told(&store, &claimed(&store).await).await;
        stage.pass(7_200);
        store.raise_alerts(vec![failed(2)]).await.unwrap();
        let grown = claimed(&store).await;
        assert_eq!(grown.len(), 1);
        // Another node looks while it is being told.
        store.raise_alerts(vec![failed(3)]).await.unwrap();
        assert_eq!(claimed(&store).await, []);
        let alerts = vec![grown[0].id];
        let error = Some("no answer".to_owned());
        store.settle_alerts(Told { alerts, error }).await.unwrap();
        stage.pass(30);
        store.raise_alerts(vec![failed(4)]).await.unwrap();
        assert_eq!(claimed(&store).await, [], "the pause after a failure is kept");
        stage.pass(30);
        assert_eq!(claimed(&store).await[0].trouble.number, 4);
    }

    async fn what_waits_for_a_person_and_what_nobody_takes_up_is_seen(stage: &Stage) {
        let store = stage.open().await;
        let now = stage.now();
        assert_eq!(store.troubles(now, Some(TimeDelta::hours(1))).await.unwrap(), []);
        store.accept_event(stage.booking("42", &["any/log"])).await.unwrap();
        stage.pass(660);
        let troubles = store.troubles(stage.now(), None).await.unwrap();
        assert_eq!(troubles[0].kind, AlertKind::LaneStuck);
        assert!(troubles[0].detail.contains("any/log"), "{troubles:?}");
        store.stop(None, Stopped::Everything).await.unwrap();
        assert_eq!(store.troubles(stage.now(), None).await.unwrap(), [], "it is paused on purpose");
        stage.pass(3_600);
        let silence = store.troubles(stage.now(), Some(TimeDelta::hours(1))).await.unwrap();
        assert_eq!(silence[0].kind, AlertKind::Silence);
    }
}
