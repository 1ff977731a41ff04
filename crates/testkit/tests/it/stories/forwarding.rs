//! Messages that are forwarded to endpoints: signed, retried, paused, resumed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use chrono::TimeDelta;
use cuebook_core::EndpointId;
use cuebook_core::effect::{AttemptOutcome, Effect, EffectState};
use cuebook_core::endpoint::EndpointState;
use cuebook_store::{EffectFilter, Page};
use cuebook_testkit::{Answer, Cuebook, HttpPeer, Recorded, eventually};
use serde_json::{Value as Json, json};
use standardwebhooks::Webhook;

/// With a blank and an escape that a parser would not give back.
const BODY: &str =
    r#"{ "type":"new-booking", "payload":{"booking_pid":29323344607310, "note":"\u00e4"} }"#;

/// A receiver that answers with the status that it is told.
async fn receiver() -> (HttpPeer, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(204));
    let answers = Arc::clone(&status);
    let peer = HttpPeer::start(move |_| Answer::new(answers.load(Ordering::SeqCst), ""));
    (peer.await.unwrap(), status)
}

async fn cuebook() -> Cuebook {
    Cuebook::builder().with_manual_clock().start().await
}

/// Registers the receiver; gives the endpoint's id and its secret.
async fn register(cuebook: &Cuebook, peer: &HttpPeer, more: Json) -> (EndpointId, String) {
    let mut body = more;
    body["url"] = json!(peer.url("/in"));
    let made = cuebook.post("/api/v1/endpoints", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let id = made["endpoint"]["id"].as_str().unwrap().parse().unwrap();
    (id, made["secret"].as_str().unwrap().to_owned())
}

async fn deliveries(cuebook: &Cuebook, endpoint: EndpointId) -> Vec<Effect> {
    let filter = EffectFilter {
        endpoint: Some(endpoint),
        ..EffectFilter::default()
    };
    let page = Page::default();
    let listed = cuebook.store().list_effects(&filter, &page).await;
    listed.unwrap().items
}

/// Waits until the newest delivery is as `wanted`.
async fn delivery(
    cuebook: &Cuebook,
    endpoint: EndpointId,
    wanted: impl Fn(&Effect) -> bool,
) -> Effect {
    eventually("the delivery", async || {
        let newest = deliveries(cuebook, endpoint).await.into_iter().next();
        newest.filter(|delivery| wanted(delivery))
    })
    .await
}

/// The signature of a request by the public library, of which the request must hold one.
fn is_signed_by(request: &Recorded, secret: &str) -> bool {
    let timestamp = request.header("webhook-timestamp").parse().unwrap();
    let signature = Webhook::new(secret)
        .unwrap()
        .sign(request.header("webhook-id"), timestamp, &request.body)
        .unwrap();
    let given = request.header("webhook-signature");
    given.split(' ').any(|one| one == signature)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_forwarded_byte_for_byte_and_signed() {
    let (peer, _) = receiver().await;
    let cuebook = cuebook().await;
    let (id, secret) = register(&cuebook, &peer, json!({"types": ["new-booking"]})).await;
    assert_eq!(cuebook.post_hook(BODY).await.status, 202);
    cuebook.hook("new-person", json!({"person_pid": "1"})).await;
    let delivery = delivery(&cuebook, id, |delivery| delivery.state == EffectState::Done).await;
    let requests = peer.requests();
    assert_eq!(requests.len(), 1, "of the chosen type and of no other");
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.text().as_str()),
        ("POST", BODY)
    );
    assert_eq!(request.header("webhook-id"), delivery.key);
    let now = cuebook.now().timestamp().to_string();
    assert_eq!(request.header("webhook-timestamp"), now);
    assert!(is_signed_by(request, &secret));
    assert!(
        request
            .header("content-type")
            .starts_with("application/json")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_delivery_is_tried_again_with_the_same_id_at_its_time() {
    let (peer, status) = receiver().await;
    status.store(500, Ordering::SeqCst);
    let cuebook = cuebook().await;
    let (id, secret) = register(&cuebook, &peer, json!({})).await;
    cuebook.post_hook(BODY).await;
    delivery(&cuebook, id, |delivery| delivery.attempts.len() == 1).await;
    status.store(404, Ordering::SeqCst);
    cuebook.advance(TimeDelta::seconds(6));
    delivery(&cuebook, id, |delivery| delivery.attempts.len() == 2).await;
    status.store(200, Ordering::SeqCst);
    cuebook.advance(TimeDelta::minutes(6));
    delivery(&cuebook, id, |delivery| delivery.state == EffectState::Done).await;
    let requests = peer.requests();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(
            request.header("webhook-id"),
            requests[0].header("webhook-id")
        );
        assert!(is_signed_by(request, &secret), "each with its own time");
    }
    let times: Vec<_> = requests
        .iter()
        .map(|one| one.header("webhook-timestamp"))
        .collect();
    assert!(times[0] < times[1] && times[1] < times[2], "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_for_a_day_and_then_the_new_one_alone() {
    let (peer, _) = receiver().await;
    let cuebook = cuebook().await;
    let (id, first) = register(&cuebook, &peer, json!({})).await;
    let path = format!("/api/v1/endpoints/{id}/rotate-secret");
    let rotated = cuebook.post(&path, &json!({})).await.json();
    let second = rotated["secret"].as_str().unwrap();
    cuebook.post_hook(BODY).await;
    let during = peer.wait_for(1).await.remove(0);
    assert!(is_signed_by(&during, &first) && is_signed_by(&during, second));
    cuebook.advance(TimeDelta::hours(24));
    cuebook.post_hook(BODY).await;
    let after = peer.wait_for(2).await.remove(1);
    assert!(is_signed_by(&after, second) && !is_signed_by(&after, &first));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_for_five_days_is_paused_and_gets_what_was_held_once_it_is_enabled()
{
    let (peer, status) = receiver().await;
    status.store(503, Ordering::SeqCst);
    let cuebook = cuebook().await;
    let (id, _) = register(&cuebook, &peer, json!({})).await;
    cuebook.post_hook(BODY).await;
    delivery(&cuebook, id, |delivery| delivery.attempts.len() == 1).await;
    cuebook.advance(TimeDelta::days(4));
    cuebook.post_hook(BODY).await;
    delivery(&cuebook, id, |delivery| delivery.attempts.len() == 1).await;
    let shown = cuebook.store().show_endpoint(id).await.unwrap().unwrap();
    assert_eq!(shown.state, EndpointState::Enabled);
    cuebook.advance(TimeDelta::days(1));
    eventually("the endpoint to be paused", async || {
        let shown = cuebook.store().show_endpoint(id).await.unwrap().unwrap();
        (shown.state == EndpointState::Paused).then_some(())
    })
    .await;
    let line = r#"cuebook_endpoints_turned_total{state="paused"}"#;
    assert_eq!(cuebook.metric(line).await, Some(1.0));
    let tried = peer.requests().len();
    status.store(204, Ordering::SeqCst);
    cuebook.post_hook(BODY).await;
    let held = delivery(&cuebook, id, |delivery| delivery.state == EffectState::Held).await;
    assert!(held.attempts.is_empty());
    let enabled = cuebook
        .post(&format!("/api/v1/endpoints/{id}/enable"), &json!({}))
        .await;
    assert_eq!(enabled.json()["state"], "active");
    delivery(&cuebook, id, |delivery| delivery.state == EffectState::Done).await;
    assert!(peer.requests().len() > tried);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_has_gone_is_disabled_at_once() {
    let (peer, status) = receiver().await;
    status.store(410, Ordering::SeqCst);
    let cuebook = cuebook().await;
    let (id, _) = register(&cuebook, &peer, json!({})).await;
    cuebook.post_hook(BODY).await;
    delivery(&cuebook, id, |delivery| {
        delivery.state == EffectState::Failed
    })
    .await;
    let shown = cuebook.get(&format!("/api/v1/endpoints/{id}")).await.json();
    assert_eq!(
        (&shown["state"], &shown["enabled"]),
        (&json!("disabled"), &json!(false))
    );
    assert!(shown["reason"].as_str().unwrap().contains("410"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_an_endpoints_rate_goes_later() {
    let (peer, _) = receiver().await;
    let cuebook = cuebook().await;
    register(&cuebook, &peer, json!({"rate": 2})).await;
    for _ in 0..5 {
        cuebook.post_hook(BODY).await;
    }
    for count in [2, 4, 5] {
        assert_eq!(peer.wait_for(count).await.len(), count);
        cuebook.advance(TimeDelta::seconds(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_owed_is_delivered_by_the_next() {
    let (peer, status) = receiver().await;
    status.store(500, Ordering::SeqCst);
    let cuebook = cuebook().await;
    let (id, _) = register(&cuebook, &peer, json!({})).await;
    for _ in 0..20 {
        assert_eq!(cuebook.post_hook(BODY).await.status, 202);
    }
    peer.wait_for(5).await;
    let killed = cuebook.kill().await;
    status.store(204, Ordering::SeqCst);
    let cuebook = killed.reopen().await;
    let all = eventually("all to be delivered", async || {
        cuebook.advance(TimeDelta::minutes(5));
        let all = deliveries(&cuebook, id).await;
        let done = all
            .iter()
            .all(|delivery| delivery.state == EffectState::Done);
        (all.len() == 20 && done).then_some(all)
    })
    .await;
    // Whatever reached the receiver twice says so.
    let mut taken: Vec<String> = Vec::new();
    for request in peer
        .requests()
        .iter()
        .filter(|request| request.answered == 204)
    {
        taken.push(request.header("webhook-id").to_owned());
    }
    for delivery in all {
        let times = taken.iter().filter(|id| **id == delivery.key).count();
        let doubtful =
            |attempt: &&cuebook_core::effect::Attempt| attempt.outcome == AttemptOutcome::Unknown;
        let doubts = delivery.attempts.iter().filter(doubtful).count();
        assert!(times >= 1 && times <= 1 + doubts, "{times} {doubts}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_capture_mode_nothing_is_forwarded() {
    let (peer, _) = receiver().await;
    let cuebook = Cuebook::builder().capturing().start().await;
    let (id, _) = register(&cuebook, &peer, json!({})).await;
    cuebook.post_hook(BODY).await;
    let test = cuebook
        .post(&format!("/api/v1/endpoints/{id}/test"), &json!({}))
        .await;
    assert_eq!(test.json()["state"], "captured");
    let states: Vec<_> = deliveries(&cuebook, id)
        .await
        .iter()
        .map(|one| one.state)
        .collect();
    assert_eq!(states, [EffectState::Captured; 2]);
    assert!(peer.requests().is_empty());
}
