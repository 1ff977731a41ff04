//! The constant `event`.

use cuebook_rules::Outcome;

use crate::driver::{engine, failure, run, run_on};

fn said(source: &str, body: &str) -> String {
    let mut run = run_on(engine(), source, body);
    let pass = run.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    run.said().to_owned()
}

#[test]
fn its_properties_are_there_in_functions_too() {
    assert_eq!(
        said(
            r"
            fn describe() { `${event.type} ${event.subject} ${event.origin} ${event.trust} ${event.received_at}` }
            log::info(describe());
            ",
            r#"{"type":"new-updated","payload":{"person_pid":"AB-1"}}"#
        ),
        "person-updated AB-1 webhook token 2026-03-01T12:00:00Z"
    );
}

#[test]
fn pids_are_strings_however_they_were_written() {
    let body = r#"{"type":"t","payload":{"booking_pid":123456789012345678901234567890,"pid":7,
        "ticket_pids":[1,"a",18446744073709551616],"nested":{"show_pid":9},"count":3}}"#;
    assert_eq!(
        said(
            r"
            let p = event.payload;
            log::info(`${type_of(p.booking_pid)} ${p.booking_pid} ${type_of(p.pid)} ${p.ticket_pids} ${type_of(p.nested.show_pid)} ${type_of(p.count)}`);
            ",
            body
        ),
        r#"string 123456789012345678901234567890 string ["1", "a", "18446744073709551616"] string i64"#
    );
}

#[test]
fn an_amount_is_a_decimal_where_it_can_be_one() {
    let of = |amount: &str| {
        said(
            "log::info(`${type_of(event.payload.amount)} ${event.payload.amount}`);",
            &format!(r#"{{"type":"new-payment","payload":{{"amount":{amount}}}}}"#),
        )
    };
    assert_eq!(of(r#""50.00""#), "decimal 50.00");
    assert_eq!(of("25.50"), "decimal 25.50");
    assert_eq!(of("7"), "decimal 7");
    assert_eq!(of(r#""for free""#), "string for free");
}

#[test]
fn known_fields_that_are_pids_are_strings() {
    assert_eq!(
        said(
            "log::info(`${type_of(event.payload.payment_method)} ${type_of(event.payload.currency)}`);",
            r#"{"type":"new-payment","payload":{"payment_method":12,"currency":756}}"#
        ),
        "string string"
    );
}

#[test]
fn what_is_missing_is_nothing() {
    assert_eq!(
        said(
            "log::info(`${event.payload.nothing == ()} ${event.nothing == ()} ${event[\"nothing\"] == ()}`);",
            r#"{"type":"t","payload":{}}"#
        ),
        "true true true"
    );
    assert_eq!(
        said("log::info(event.payload == ());", r#"{"type":"t"}"#),
        "true"
    );
}

#[test]
fn it_cannot_be_changed() {
    for source in [
        "event.payload.a = 1;",
        "event = 1;",
        "event.id = \"x\";",
        "event.payload.remove(\"booking_pid\");",
    ] {
        let pass = run(source).pass();
        assert_eq!(failure(&pass).0, "script_error", "{source}");
    }
    assert_eq!(
        said(
            "let p = event.payload; p.a = 2; log::info(`${event.payload.a} ${p.a}`);",
            r#"{"type":"t","payload":{"a":1}}"#
        ),
        "1 2"
    );
}

#[test]
fn its_payload_is_read_like_any_map() {
    assert_eq!(
        said(
            r#"
            let n = 0;
            for pid in event.payload.ticket_pids { n += 1; }
            let p = event.payload;
            log::info(`${n} ${event.payload.ticket_pids.contains("2")} ${event.payload.keys()} ${event.payload.ticket_pids.filter(|x| x != "1")} ${"a" in event.payload} ${event.payload.ticket_pids[1]} ${event.payload.len()}`);
            "#,
            r#"{"type":"t","payload":{"ticket_pids":[1,2]}}"#
        ),
        r#"2 true ["ticket_pids"] ["2"] false 2 1"#
    );
}

#[test]
fn a_variable_of_its_name_hides_it() {
    assert_eq!(
        said(
            r#"
            fn name_of(event) { event.name }
            for event in [1] { log::info(event); }
            let out = [#{ name: "n" }].map(|event| name_of(event));
            log::info(`${out[0]} ${event.type}`);
            "#,
            r#"{"type":"t"}"#
        ),
        "n t"
    );
}

#[test]
fn closures_see_it() {
    assert_eq!(
        said(
            "let out = parallel([1, 2], |n| event.type + n); log::info(out[1]);",
            r#"{"type":"t"}"#
        ),
        "t2"
    );
}

#[test]
fn the_whole_event_can_be_handed_on() {
    let mut run = run(r#"http::post("https://a.example", event); "#);
    run.pass();
    let body = run.calls[0].arguments[1].clone();
    assert_eq!(
        body.get("payload")
            .unwrap()
            .get("booking_pid")
            .unwrap()
            .as_text(),
        Some("293233446073")
    );
}

#[test]
fn a_payload_that_is_too_deep_is_an_error_and_no_crash() {
    let body = format!(
        r#"{{"type":"t","payload":{{"a":{}1{}}}}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    let mut run = run_on(engine(), "log::info(event.type); event.payload.a", &body);
    let pass = run.pass();
    assert!(failure(&pass).1.contains("64 levels"));
}
