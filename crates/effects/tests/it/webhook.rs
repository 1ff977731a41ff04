//! `webhook::send`: prepared where it is called, delivered later.

use cuebook_core::Value;
use cuebook_core::failure::Decision;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_effects::{Delivery, Effects};

use crate::peers::http::{Behaviour, HttpPeer, answer};
use crate::setup::{KEY, deliver, effects, hasty, map, prepare, settings};

const KIND: &str = "webhook::send";

fn options() -> Value {
    map([("auth", map([("bearer", Value::Secret("TOKEN".to_owned()))]))])
}

#[tokio::test]
async fn it_goes_out_with_its_key_and_the_secret_only_then() {
    let peer = HttpPeer::start([answer("202 Accepted", &[], "thanks")]).await;
    let body = map([("a", Value::Int(1))]);
    let sends = prepare(KIND, &[Value::from(peer.url("/hook?k=1")), body, options()]).unwrap();
    assert_eq!(sends.len(), 1);
    let send = &sends[0];
    assert_eq!((send.part, send.route), (0, Route::Outbox));
    assert_eq!(send.key, format!("0{KEY}"));
    assert_eq!(send.target, peer.url("/hook?…"));
    assert_eq!(send.body, br#"{"a":1}"#);
    assert!(!send.envelope.to_string().contains("t0ken"));

    let delivered = deliver(&effects(), KIND, send).await.unwrap();
    assert_eq!(
        (delivered.status, delivered.answer.as_deref()),
        (Some(202), Some("thanks"))
    );
    let request = &peer.requests()[0];
    assert!(request.starts_with("POST /hook?k=1 HTTP/1.1\r\n"));
    assert!(request.contains(&format!("idempotency-key: 0{KEY}\r\n")));
    assert!(request.contains("authorization: Bearer t0ken\r\n"));
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"));
}

#[tokio::test]
async fn every_attempt_sends_the_same_bytes() {
    let peer = HttpPeer::start([answer("500 Oops", &[], ""), answer("200 OK", &[], "")]).await;
    let sends = prepare(KIND, &[Value::from(peer.url("/")), Value::from("text")]).unwrap();
    let effects = effects();
    let first = deliver(&effects, KIND, &sends[0]).await.unwrap_err();
    assert_eq!(first.decision, Decision::Retry { after: None });
    deliver(&effects, KIND, &sends[0]).await.unwrap();
    let requests = peer.requests();
    assert_eq!(requests[0], requests[1]);
}

#[tokio::test]
async fn a_definite_refusal_is_final_and_a_lost_answer_is_doubtful() {
    for (behaviour, decision) in [
        (answer("410 Gone", &[], ""), Decision::Fail),
        (answer("404 Not Found", &[], ""), Decision::Fail),
        (
            answer("302 Found", &["Location: https://a.example"], ""),
            Decision::Fail,
        ),
        (
            answer("425 Too Early", &[], ""),
            Decision::Retry { after: None },
        ),
        (Behaviour::Close, Decision::Unknown),
        (Behaviour::Hang, Decision::Unknown),
    ] {
        let peer = HttpPeer::start([behaviour.clone()]).await;
        let sends = prepare(KIND, &[Value::from(peer.url("/")), Value::Unit]).unwrap();
        let effects = match behaviour {
            Behaviour::Hang => hasty(),
            _ => effects(),
        };
        let failure = deliver(&effects, KIND, &sends[0]).await.unwrap_err();
        assert_eq!(failure.decision, decision, "{behaviour:?}");
    }
}

#[test]
fn what_is_wrong_with_it_throws_where_it_is_called() {
    for arguments in [
        vec![Value::from("rubbish"), Value::Unit],
        vec![Value::from("ftp://a.example"), Value::Unit],
        vec![Value::from("https://a.example"), Value::Int(1)],
        vec![
            Value::from("https://a.example"),
            Value::Secret("TOKEN".to_owned()),
        ],
        vec![
            Value::from("https://a.example"),
            Value::Unit,
            map([("retry", Value::from("never"))]),
        ],
        vec![],
    ] {
        assert_eq!(
            prepare(KIND, &arguments).unwrap_err().kind,
            "invalid",
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn a_secret_that_the_target_echoes_does_not_reach_the_ledger() {
    for status in ["200 OK", "410 Gone", "500 Oops"] {
        let long = format!("{}t0ken and more", "x".repeat(990));
        for body in ["you sent Bearer t0ken", &long] {
            let peer = HttpPeer::start([answer(status, &[], body)]).await;
            let sends =
                prepare(KIND, &[Value::from(peer.url("/")), Value::Unit, options()]).unwrap();
            let said = match deliver(&effects(), KIND, &sends[0]).await {
                Ok(delivered) => delivered.answer,
                Err(failure) => {
                    assert!(!failure.error.message.contains("t0k"));
                    failure.answer
                }
            };
            let said = said.unwrap();
            assert!(said.contains("***") && !said.contains("t0k"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_full_host_lets_no_further_send_begin_and_others_do() {
    let mut settings = settings();
    settings.limits.http.per_host = 1;
    let effects = Effects::new(settings).unwrap();
    let send_to = |url: &str| {
        prepare(KIND, &[Value::from(url), Value::Unit])
            .unwrap()
            .remove(0)
    };
    let passage = |send: &PreparedSend| {
        effects.passage(&Delivery {
            kind: KIND,
            target: &send.target,
            key: &send.key,
            envelope: &send.envelope,
            body: &send.body,
        })
    };
    let (slow, quick) = (
        send_to("https://slow.example/a"),
        send_to("https://quick.example/"),
    );
    let first = passage(&slow);
    assert!(first.is_some());
    assert!(passage(&slow).is_none());
    assert!(passage(&send_to("https://slow.example/b")).is_none());
    assert!(passage(&quick).is_some());
    drop(first);
    assert!(passage(&slow).is_some());
}
