//! What is recorded instead of performed, and what a repeated call may do.

use cuebook_core::Value;
use cuebook_effects::Effects;

use crate::setup::{effects, map, settings, smtp};

#[test]
fn capture_takes_every_write_and_send_and_no_read() {
    let mut settings = settings();
    settings.capture = true;
    let capturing = Effects::new(settings).unwrap();
    for function in [
        "http::post",
        "http::put",
        "http::patch",
        "http::delete",
        "ticketpark::post",
        "ticketpark::patch",
        "webhook::send",
        "email::send",
    ] {
        assert!(capturing.captures(function, false), "{function}");
        assert!(effects().captures(function, true), "{function}");
    }
    for function in [
        "http::get",
        "ticketpark::booking",
        "ticketpark::get",
        "ticketpark::list",
        "emit",
        "now",
        "unknown",
    ] {
        assert!(!capturing.captures(function, true), "{function}");
    }
}

#[test]
fn mail_is_captured_as_long_as_there_is_no_server() {
    assert!(effects().captures("email::send", false));
    assert!(!effects().captures("webhook::send", false));
    let mut settings = settings();
    settings.smtp = Some(smtp("smtp://localhost:1025"));
    assert!(
        !Effects::new(settings)
            .unwrap()
            .captures("email::send", false)
    );
}

#[test]
fn a_captured_call_answers_as_if_it_were_accepted() {
    let answer = effects().captured_answer("http::post");
    assert_eq!(answer.get("status"), Some(&Value::Int(202)));
    assert_eq!(answer.get("captured"), Some(&Value::Bool(true)));
    assert_eq!(answer.get("body"), Some(&Value::from("")));
}

#[test]
fn after_a_crash_only_what_repeats_safely_is_repeated() {
    let effects = effects();
    let url = Value::from("https://a.example");
    let always = map([("retry", Value::from("always"))]);
    let repeats = |function: &str, arguments: &[Value]| effects.repeats_safely(function, arguments);
    assert!(repeats("http::put", &[url.clone(), Value::Unit]));
    assert!(repeats("http::delete", std::slice::from_ref(&url)));
    assert!(repeats("ticketpark::booking", &[Value::from("1")]));
    assert!(!repeats("http::post", &[url.clone(), Value::Unit]));
    assert!(repeats("http::post", &[url.clone(), Value::Unit, always]));
    assert!(!repeats("ticketpark::post", &[Value::from("/x"), map([])]));
}

#[test]
fn targets_are_named_without_secrets() {
    let effects = effects();
    let target = |function: &str, first: &str| effects.target(function, &[Value::from(first)]);
    assert_eq!(
        target("http::post", "https://a.example/x?key=1"),
        "https://a.example/x?…"
    );
    assert_eq!(
        target("ticketpark::booking", "2932"),
        "Ticketpark /bookings/2932"
    );
    assert_eq!(
        target("ticketpark::post", "/email/send"),
        "Ticketpark /email/send"
    );
}

#[test]
fn settings_that_cannot_be_used_are_refused_without_the_password() {
    let mut settings = settings();
    settings.smtp = Some(smtp("smtp://tom:geheim@mail.example.org?tls=none"));
    let error = Effects::new(settings).err().unwrap().to_string();
    assert!(error.starts_with("smtp.url: "), "{error}");
    assert!(!error.contains("geheim"));
}
