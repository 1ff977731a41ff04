//! Mail servers that refuse, stall or drop, in each phase.

use std::time::{Duration, Instant};

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_effects::{Delivered, Effects};

use crate::peers::full::FullPeer;
use crate::peers::smtp::{SmtpPeer, Stage, Trouble};
use crate::setup::{deliver, map, prepare, settings, smtp, texts};

const AGAIN: Decision = Decision::Retry { after: None };
const KIND: &str = "email::send";

/// Effects that wait so long for each answer.
fn waiting(url: &str, limit: Duration) -> Effects {
    let mut settings = settings();
    settings.smtp = Some(smtp(url));
    settings.limits.smtp.command = limit;
    settings.limits.smtp.alive = limit;
    settings.limits.smtp.data = limit;
    settings.limits.smtp.dot = limit;
    Effects::new(settings).unwrap()
}

/// For servers that stall.
fn quick(url: &str) -> Effects {
    waiting(url, Duration::from_millis(150))
}

/// For servers that answer, however busy the machine is.
fn patient(url: &str) -> Effects {
    waiting(url, Duration::from_secs(30))
}

async fn send(effects: &Effects, text: &str) -> Result<Delivered, AttemptError> {
    send_with(effects, text, &[]).await
}

/// Sends a mail with these bytes behind it.
async fn send_with(effects: &Effects, text: &str, bytes: &[u8]) -> Result<Delivered, AttemptError> {
    let mail = map([
        ("to", Value::from("tom@tomsons.com")),
        ("subject", Value::from("Hello")),
        ("text", Value::from(text)),
    ]);
    let mut sends = prepare(KIND, &[mail]).unwrap();
    sends[0].body.extend_from_slice(bytes);
    deliver(effects, KIND, &sends[0]).await
}

/// More than the buffers of two sockets hold.
fn more_than_fits() -> Vec<u8> {
    b"A line of a letter.\r\n".repeat(800_000)
}

async fn failure(stage: Stage, trouble: Trouble, login: &str) -> AttemptError {
    let peer = SmtpPeer::start(Some((stage, trouble))).await;
    let url = peer.url(login, "");
    let effects = match trouble {
        Trouble::Stall => quick(&url),
        Trouble::Answer(_) | Trouble::Drop => patient(&url),
    };
    let failure = send(&effects, "A letter.").await.unwrap_err();
    assert!(!failure.error.message.contains("geheim"));
    failure
}

#[tokio::test]
async fn a_temporary_refusal_is_tried_again_in_every_phase() {
    for (stage, answer, status) in [
        (Stage::Greeting, "421 too busy", 421),
        (Stage::Hello, "421 too busy", 421),
        (Stage::Login, "454 later", 454),
        (Stage::Login, "421 too busy", 421),
        (Stage::From, "421 too busy", 421),
        (Stage::To, "421 too busy", 421),
        (Stage::Data, "421 too busy", 421),
        (Stage::Dot, "421 too busy", 421),
        (Stage::To, "451 later", 451),
        (Stage::Dot, "451 later", 451),
        (Stage::From, "451 later", 451),
        (Stage::To, "450 greylisted", 450),
        (Stage::Data, "451 later", 451),
        (Stage::Dot, "452 disk full", 452),
    ] {
        let login = if stage == Stage::Login {
            "tom:geheim@"
        } else {
            ""
        };
        let failure = failure(stage, Trouble::Answer(answer), login).await;
        assert_eq!(failure.decision, AGAIN, "{stage:?}");
        assert_eq!(failure.error.status, Some(status), "{stage:?}");
        assert!(
            answer.ends_with(failure.answer.as_deref().unwrap()),
            "{failure:?}"
        );
    }
}

#[tokio::test]
async fn a_permanent_refusal_of_the_mail_is_final() {
    for (stage, answer) in [
        (Stage::From, "550 not you"),
        (Stage::To, "550 no such user"),
        (Stage::Data, "550 no"),
        (Stage::Data, "554 no"),
        (Stage::Dot, "550 spam"),
    ] {
        let failure = failure(stage, Trouble::Answer(answer), "").await;
        assert_eq!(
            (failure.decision, failure.error.kind.as_str()),
            (Decision::Fail, "status"),
            "{stage:?}"
        );
        assert!(failure.answer.is_some());
    }
}

#[tokio::test]
async fn a_refused_greeting_or_login_is_about_the_server_and_not_the_mail() {
    for (stage, answer) in [
        (Stage::Greeting, "554 no service"),
        (Stage::Login, "535 wrong password"),
    ] {
        let failure = failure(stage, Trouble::Answer(answer), "tom:geheim@").await;
        assert_eq!(failure.decision, AGAIN, "{stage:?}");
    }
}

#[tokio::test]
async fn a_server_that_stalls_is_left_in_each_phase_and_the_mail_is_doubtful_only_after_the_dot() {
    for (stage, decision) in [
        (Stage::Greeting, AGAIN),
        (Stage::Hello, AGAIN),
        (Stage::Login, AGAIN),
        (Stage::From, AGAIN),
        (Stage::To, AGAIN),
        (Stage::Data, AGAIN),
        (Stage::Dot, Decision::Unknown),
    ] {
        let started = Instant::now();
        let failure = failure(stage, Trouble::Stall, "tom:geheim@").await;
        assert_eq!(failure.decision, decision, "{stage:?}");
        assert!(started.elapsed() < Duration::from_secs(5), "{stage:?}");
    }
}

#[tokio::test]
async fn a_server_that_stops_reading_the_message_is_left_and_nothing_was_accepted() {
    let peer = SmtpPeer::start(Some((Stage::Message, Trouble::Stall))).await;
    let effects = quick(&peer.url("", ""));
    let failure = send_with(&effects, "x", &more_than_fits())
        .await
        .unwrap_err();
    assert_eq!(
        (failure.decision, failure.error.kind.as_str()),
        (AGAIN, "timeout")
    );
    assert!(peer.seen().messages.is_empty());
}

#[tokio::test]
async fn a_lost_connection_is_tried_again_before_the_dot_and_doubtful_after_it() {
    for stage in [
        Stage::Greeting,
        Stage::Hello,
        Stage::Login,
        Stage::From,
        Stage::To,
        Stage::Data,
    ] {
        let failure = failure(stage, Trouble::Drop, "tom:geheim@").await;
        assert_eq!(
            (failure.decision, failure.error.kind.as_str()),
            (AGAIN, "lost"),
            "{stage:?}"
        );
    }
    let dot = failure(Stage::Dot, Trouble::Drop, "").await;
    assert_eq!(
        (dot.decision, dot.error.kind.as_str()),
        (Decision::Unknown, "unknown")
    );
}

#[tokio::test]
async fn a_connection_that_drops_in_the_middle_of_the_message_is_tried_again() {
    let peer = SmtpPeer::start(Some((Stage::Message, Trouble::Drop))).await;
    let effects = patient(&peer.url("", ""));
    let failure = send_with(&effects, "x", &more_than_fits())
        .await
        .unwrap_err();
    assert_eq!(
        (failure.decision, failure.error.kind.as_str()),
        (AGAIN, "lost")
    );
    assert!(peer.seen().messages.is_empty());
}

#[tokio::test]
async fn without_starttls_nothing_is_sent_where_tls_is_required() {
    let peer = SmtpPeer::start(None).await;
    let failure = send(&patient(&peer.url("tom:geheim@", "?tls=required")), "x")
        .await
        .unwrap_err();
    assert_eq!(
        (failure.decision, failure.error.kind.as_str()),
        (AGAIN, "tls")
    );
    let seen = peer.seen();
    assert!(
        seen.commands
            .iter()
            .all(|command| command.starts_with("EHLO")),
        "{:?}",
        seen.commands
    );
}

#[tokio::test]
async fn nobody_listening_is_tried_again() {
    let peer = SmtpPeer::start(None).await;
    let url = peer.url("", "");
    drop(peer);
    tokio::task::yield_now().await;
    let failure = send(&patient(&url), "x").await.unwrap_err();
    assert_eq!(failure.decision, AGAIN);
}

#[tokio::test]
async fn a_server_that_takes_no_connection_is_left_and_tried_again() {
    let peer = FullPeer::start().await;
    let mut settings = settings();
    settings.smtp = Some(smtp(&format!("smtp://127.0.0.1:{}", peer.port())));
    settings.limits.smtp.connect = Duration::from_millis(150);
    let begun = Instant::now();
    let failure = send(&Effects::new(settings).unwrap(), "x")
        .await
        .unwrap_err();
    assert_eq!(
        (failure.decision, failure.error.kind.as_str()),
        (AGAIN, "timeout")
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_idle_connection_is_used_again() {
    let peer = SmtpPeer::start(None).await;
    let effects = patient(&peer.url("", ""));
    send(&effects, "one").await.unwrap();
    send(&effects, "two").await.unwrap();
    assert_eq!(peer.seen().connections, 1);
    assert_eq!(peer.seen().messages.len(), 2);
}

#[tokio::test]
async fn an_idle_connection_that_died_or_stalls_is_replaced() {
    for trouble in [
        Trouble::Drop,
        Trouble::Stall,
        Trouble::Answer("421 closing"),
    ] {
        let peer = SmtpPeer::start(Some((Stage::Noop, trouble))).await;
        let limit = Duration::from_secs(1);
        let effects = waiting(&peer.url("", ""), limit);
        send(&effects, "one").await.unwrap();
        send(&effects, "two").await.unwrap();
        assert_eq!(peer.seen().connections, 2, "{trouble:?}");
        assert_eq!(peer.seen().messages.len(), 2, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_dot_at_the_beginning_of_a_line_arrives() {
    let peer = SmtpPeer::start(None).await;
    let delivered = send(&patient(&peer.url("", "")), "one\r\n.\r\ntwo")
        .await
        .unwrap();
    assert_eq!(delivered.status, Some(250));
    assert_eq!(delivered.answer.as_deref(), Some("kept as number 42"));
    assert!(peer.seen().messages[0].contains("one\r\n..\r\ntwo"));
}

#[tokio::test]
async fn a_server_that_is_only_greeted_gets_no_mail() {
    let peer = SmtpPeer::start(None).await;
    let greeted = patient(&peer.url("", "")).greet_mail_server().await;
    assert_eq!(greeted, Some(Ok(())));
    let seen = peer.seen();
    let said = |word: &str| seen.commands.iter().any(|line| line.starts_with(word));
    assert!(said("EHLO") && said("QUIT") && !said("MAIL"));
    assert!(seen.messages.is_empty());
}

#[tokio::test]
async fn a_server_that_refuses_the_login_is_told_of_when_it_is_greeted() {
    let peer = SmtpPeer::start(Some((Stage::Login, Trouble::Answer("535 no")))).await;
    let greeted = patient(&peer.url("tom:geheim@", ""))
        .greet_mail_server()
        .await;
    let refused = greeted.unwrap().unwrap_err();
    assert_eq!(refused.error.status, Some(535));
    assert!(!refused.error.message.contains("geheim"));
}

#[tokio::test]
async fn an_idle_connection_is_not_waited_for_as_long_as_a_command() {
    let peer = SmtpPeer::start(Some((Stage::Noop, Trouble::Stall))).await;
    let mut settings = settings();
    settings.smtp = Some(smtp(&peer.url("", "")));
    settings.limits.smtp.alive = Duration::from_millis(100);
    let effects = Effects::new(settings).unwrap();
    send(&effects, "one").await.unwrap();
    let begun = Instant::now();
    send(&effects, "two").await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "a command has a minute"
    );
    assert_eq!(peer.seen().messages.len(), 2);
}

#[tokio::test]
async fn a_refused_recipient_is_named_by_place_and_domain() {
    let peer = SmtpPeer::start(Some((Stage::To, Trouble::Answer("550 no such user")))).await;
    let refused = failure_together(&peer, &["tom@tomsons.com", "zoe@example.org"]).await;
    assert_eq!(
        (refused.decision, refused.error.status),
        (Decision::Fail, Some(550))
    );
    assert_eq!(
        refused.error.message,
        "the mail server answered 550 to recipient 1 of 2 (at tomsons.com)"
    );
}

async fn failure_together(peer: &SmtpPeer, to: &[&str]) -> AttemptError {
    let mail = map([
        ("to", texts(to)),
        ("together", Value::Bool(true)),
        ("subject", Value::from("Hello")),
        ("text", Value::from("Hello")),
    ]);
    let sends = prepare(KIND, &[mail]).unwrap();
    let effects = patient(&peer.url("", ""));
    deliver(&effects, KIND, &sends[0]).await.unwrap_err()
}
