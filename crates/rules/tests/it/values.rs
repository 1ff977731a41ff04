//! What crosses the border of a script.

use cuebook_core::value::{Value, decimal};
use cuebook_rules::Outcome;

use crate::driver::{failure, http, run};

#[test]
fn each_type_reaches_the_call_as_it_is() {
    let mut run = run(r#"
        http::post("https://a.example", #{
            int: 7, big: 9223372036854775807, money: decimal("50.00"), text: "Zürich", yes: true,
            nothing: (), list: [1, "a"], char: 'x', at: event.received_at,
            bytes: base64::decode("AP8="),
        });
        "#);
    run.pass();
    let body = &run.calls[0].arguments[1];
    assert_eq!(
        body.as_map().unwrap()["money"],
        Value::Decimal(decimal("50.00").unwrap())
    );
    assert_eq!(body.to_json()["money"], "50.00");
    assert_eq!(body.as_map().unwrap()["big"], Value::Int(i64::MAX));
    assert_eq!(body.as_map().unwrap()["nothing"], Value::Unit);
    assert_eq!(body.as_map().unwrap()["char"], Value::from("x"));
    assert_eq!(body.as_map().unwrap()["bytes"], Value::Bytes(vec![0, 255]));
    assert!(matches!(body.as_map().unwrap()["at"], Value::Time(_)));
}

#[test]
fn an_answer_keeps_its_types() {
    let mut run = run(r#"
        let booking = ticketpark::booking("1");
        log::info(`${type_of(booking)} ${type_of(booking.price)} ${booking.price} ${type_of(booking.big)} ${booking.big}`);
        "#);
    let pass = run.drive(|_| {
        Ok(Value::from([
            ("price", Value::Decimal(decimal("25.00").unwrap())),
            (
                "big",
                Value::Decimal(decimal("9223372036854775808").unwrap()),
            ),
        ]))
    });
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(run.said(), "map decimal 25.00 decimal 9223372036854775808");
}

#[test]
fn an_http_answer_has_status_headers_body_and_json() {
    let mut run = run(r#"
        let a = http::get("https://a.example");
        log::info(`${a.status} ${a.headers["content-type"]} ${a.body.len()} ${a.json.list[1].price} ${a["status"]} ${a.captured == ()}`);
        try { http::get("https://b.example").json; } catch (e) { log::warn(`${e.kind}: ${e.message}`); }
        "#);
    let pass = run.drive(|call| {
        Ok(http(
            200,
            if call.path.to_string() == "0" {
                r#"{"list":[1,{"price":25.10}]}"#
            } else {
                "<html>"
            },
        ))
    });
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(run.logs[0].message, "200 text/plain 28 25.10 200 true");
    assert!(
        run.said()
            .starts_with("json: the answer's body is not JSON")
    );
}

#[test]
fn what_a_journal_cannot_hold_is_an_error_that_says_what_and_where() {
    for (source, what) in [
        (
            r#"http::post("https://a.example", #{ f: [|x| x] });"#,
            "a function (at f[0])",
        ),
        (
            r#"http::post("https://a.example", Fn("log"));"#,
            "a function",
        ),
        (r#"http::post("https://a.example", 0..5);"#, "a range"),
    ] {
        let pass = run(source).pass();
        let (code, reason) = failure(&pass);
        assert_eq!(code, "script_error");
        assert!(reason.contains(what), "{reason}");
    }
}

#[test]
fn it_can_be_caught() {
    let mut run =
        run(r#"try { http::post("https://a.example", |x| x); } catch (e) { log::info(e.kind); }"#);
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "invalid");
}

#[test]
fn an_answer_that_is_too_large_for_a_script_can_be_caught() {
    let mut run = run(r#"try { ticketpark::booking("1"); } catch (e) { log::info(e.message); }"#);
    let large = Value::Array(vec![Value::Int(1); 100_001]);
    let pass = run.drive(|_| Ok(Value::from([("list", large.clone())])));
    assert_eq!(pass.outcome, Outcome::Completed);
    assert!(run.said().contains("too large"), "{}", run.said());
}

#[test]
fn an_answer_handed_on_is_what_it_is_made_of() {
    let mut run = run(
        r#"let a = http::get("https://a.example"); http::post("https://b.example", #{ got: a });"#,
    );
    run.echo();
    let got = run.calls[1].arguments[1].get("got").unwrap();
    assert_eq!(got.get("status"), Some(&Value::Int(200)));
}

#[test]
fn times_compare() {
    let mut run = run(r"
        let a = event.received_at;
        let b = now();
        log::info(`${a == b} ${a <= b} ${a < b} ${type_of(a)}`);
        ");
    run.later(std::time::Duration::from_secs(1));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "false true true time");
}

#[test]
fn an_answer_that_nests_parsers_is_no_json() {
    let mut run = run(
        r#"let a = http::get("https://a.example"); try { a.json } catch (e) { log::info(e.message); }"#,
    );
    run.drive(|_| {
        Ok(crate::driver::http(
            200,
            r#"{"$serde_json::private::RawValue":"[1]"}"#,
        ))
    });
    assert!(run.said().contains("a key begins with"), "{}", run.said());
}
