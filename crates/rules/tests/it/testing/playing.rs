//! What a test can do: mocks, events, time.

use cuebook_rules::testing::TestOptions;

use super::{all_passed, passes, run, run_with};

#[test]
fn an_event_that_comes_later_answers_the_wait_of_the_first_run() {
    passes(
        r#"
        let booking = ticketpark::booking(event.payload.booking_pid);
        let payment = wait_for("new-payment", #{ booking_pid: booking.pid }, "14d");
        if payment == () { skip("not paid in 14 days"); }
        email::send(#{ to: booking.customer.email, data: #{ amount: payment.payload.amount } });
        "#,
        r#"
        fn begin() {
            mock("ticketpark::booking", #{ pid: "2932", customer: #{ email: "tom@tomsons.com" } });
            trigger("new-booking", #{ booking_pid: "2932" })
        }
        fn test_paid() {
            let run = begin();
            assert_eq(run.state, "waiting");
            assert_eq(run.code, "wait_for");
            advance("3d");
            let second = trigger("new-payment", #{ booking_pid: "2932", payment_pid: "p1", amount: "50.00" });
            assert_eq(second, ());
            assert_eq(run.state, "completed");
            assert_eq(run.event.payload.booking_pid, "2932");
        }
        fn test_of_another_booking() {
            let run = begin();
            trigger("new-payment", #{ booking_pid: "9", payment_pid: "p1", amount: "50.00" });
            assert_eq(run.state, "waiting");
        }
        fn test_too_late() {
            let run = begin();
            assert_eq(run.wakes_at, time::add(now(), "14d"));
            advance("14d");
            trigger("new-payment", #{ booking_pid: "2932", payment_pid: "p1", amount: "50.00" });
            assert_eq(run.reason, "not paid in 14 days");
        }
        "#,
    );
}

#[test]
fn a_mock_is_a_value_a_sequence_a_closure_or_an_error() {
    passes(
        r#"
        let answer = try_get();
        log::info(answer);
        fn try_get() {
            try { return http::get("https://a.example/" + event.payload.booking_pid).body; }
            catch (error) { return `${error.kind} ${error.status}`; }
        }
        "#,
        r#"
        fn said(pid) { trigger("new-booking", #{ booking_pid: pid }).logs[0].message }
        fn test_value() {
            mock("http::get", #{ body: "a" });
            assert_eq(said("1"), "a");
            assert_eq(said("2"), "a");
        }
        fn test_json() {
            mock("http::get", #{ name: "Tom" });
            assert_eq(said("1"), `{"name":"Tom"}`);
        }
        fn test_sequence() {
            mock("http::get", [#{ body: "a" }, error(503), |url| #{ body: url }]);
            assert_eq(said("1"), "a");
            assert_eq(said("2"), "status 503");
            assert_eq(said("3"), "https://a.example/3");
        }
        fn test_closure_that_counts() {
            let n = 0;
            mock("http::get", |url| { n += 1; if n == 2 { throw error("timeout", "too slow"); } #{ body: `${n}` } });
            assert_eq(said("1"), "1");
            assert_eq(said("2"), "timeout ");
            assert_eq(n, 2);
        }
        fn test_by_arguments() {
            mock("http::get", #{ body: "any" });
            mock("http::get", ["https://a.example/7"], #{ body: "seven" });
            assert_eq(said("1"), "any");
            assert_eq(said("7"), "seven");
            mock("http::get", ["https://a.example/7"], #{ body: "other" });
            assert_eq(said("7"), "other");
        }
        "#,
    );
}

#[test]
fn a_mock_knows_the_time_and_a_test_what_was_asked() {
    passes(
        r#"sleep("1h"); http::post("https://a.example", #{ at: http::get("https://a.example").body });"#,
        r#"
        fn test_it() {
            let begun = now();
            mock("http::get", || #{ body: now().to_string() });
            mock("http::post", error("timeout"));
            let run = trigger("new-booking");
            advance("2h");
            assert_eq(run.requests.len(), 1);
            let request = run.requests[0];
            assert_eq(request.url, "https://a.example");
            assert_eq(request.body.at, time::add(begun, "1h").to_string());
            assert_eq(request.options, ());
            assert_eq(request.error.kind, "timeout");
            assert_eq(run.calls[0].function, "http::get");
            assert_eq(run.calls[0].answer.status, 200);
            assert_eq(run.state, "failed");
        }
        "#,
    );
}

#[test]
fn time_passes_only_when_the_test_says_so_and_wakes_on_the_way() {
    passes(
        r#"
        let begun = now();
        sleep("1d");
        log::info("a day");
        sleep_until(time::add(begun, "3d"));
        log::info(`${now() == time::add(begun, "3d")}`);
        "#,
        r#"
        fn test_it() {
            advance_to("2026-06-01T00:00:00Z");
            let run = trigger("new-booking");
            assert_eq(run.event.received_at, time::parse("2026-06-01T00:00:00Z"));
            advance("23h");
            assert_eq(run.logs, []);
            advance("1h");
            assert_eq(run.logs.len(), 1);
            advance("30d");
            assert_eq(run.logs[1].message, "true");
            assert_eq(run.state, "completed");
            assert_eq(now(), time::parse("2026-07-02T00:00:00Z"));
        }
        "#,
    );
}

#[test]
fn the_options_of_the_head_are_carried_out() {
    passes(
        r#"//! Waits.
//!
//! ```toml
//! cancel_on = ["booking-cancelled"]
//! timeout = "10d"
//! debounce = "30s"
//! ```
        sleep("20d");
        "#,
        r#"
        fn test_the_last_of_a_burst_runs() {
            let first = trigger("new-booking", #{ booking_pid: "1" });
            assert_eq(first.code, "debounce");
            advance("20s");
            let second = trigger("new-booking", #{ booking_pid: "1" });
            let other = trigger("new-booking", #{ booking_pid: "2" });
            assert_eq(first.state, "skipped");
            assert_contains(first.reason, "superseded");
            advance("30s");
            assert_eq(second.code, "sleep");
            assert_eq(other.code, "sleep");
            assert_eq(runs().len(), 3);
        }
        fn test_an_event_cancels() {
            let run = trigger("new-booking", #{ booking_pid: "1" });
            advance("1h");
            trigger("booking-cancelled", #{ booking_pid: "2" });
            assert_eq(run.state, "waiting");
            trigger("booking-cancelled", #{ booking_pid: "1" });
            assert_eq(run.state, "cancelled");
        }
        fn test_too_long() {
            let run = trigger("new-booking", #{ booking_pid: "1" });
            advance("10d");
            assert_eq(run.state, "failed");
            assert_eq(run.code, "timeout");
        }
        "#,
    );
}

#[test]
fn a_rule_remembers_from_run_to_run() {
    passes(
        r#"
        state::incr("n");
        state::set("last", event.id, "rule");
        if !once("thanks") { skip("thanked already"); }
        "#,
        r#"
        fn test_it() {
            remember("n", 40, "subject", "1");
            assert_eq(trigger("new-booking", #{ booking_pid: "1" }).state, "completed");
            assert_eq(remembered("n"), 41);
            let again = trigger("new-booking", #{ booking_pid: "1" });
            assert_eq(again.reason, "thanked already");
            assert_eq(remembered("n"), 41, "a run that is skipped changes nothing");
            assert_eq(remembered("n", "subject", "2"), ());
            assert_eq(remembered("last", "rule"), runs()[0].event.id);
        }
        "#,
    );
}

#[test]
fn another_rule_takes_part_and_runs_on_what_is_emitted() {
    let rules = [
        (
            super::RULE,
            r#"emit("seat-freed", #{ type: "seat-freed", payload: #{ booking_pid: "1" } });"#,
        ),
        ("seat-freed/note.rhai", r"log::info(event.type);"),
    ];
    let results = run_with(
        &rules,
        r#"
        fn test_alone() {
            let run = trigger("new-booking");
            assert_eq(run.emitted[0].type, "seat-freed");
            assert_eq(runs().len(), 1);
        }
        fn test_together() {
            with_rule("seat-freed/note");
            trigger("new-booking");
            assert_eq(runs()[1].logs[0].message, "seat-freed");
        }
        "#,
        &TestOptions::default(),
    );
    all_passed(&results);
}

#[test]
fn each_test_begins_afresh_and_the_filter_chooses() {
    let rule = r#"log::info(`${once("key")}`);"#;
    let tests = r#"
        fn test_a() { assert_eq(trigger("new-booking").logs[0].message, "true"); }
        fn test_b() { assert_eq(trigger("new-booking").logs[0].message, "true"); }
        fn helper() { fail("this is no test"); }
        fn test_with_a_parameter(x) { fail("this is no test"); }
    "#;
    let results = run(rule, tests);
    all_passed(&results);
    let names: Vec<(&str, u32)> = results
        .iter()
        .map(|result| (result.name.as_str(), result.line))
        .collect();
    assert_eq!(names, [("test_a", 2), ("test_b", 3)]);
    let options = TestOptions {
        filter: Some("test_b".to_owned()),
        ..TestOptions::default()
    };
    assert_eq!(run_with(&[(super::RULE, rule)], tests, &options).len(), 1);
}

#[test]
fn with_a_crash_after_every_step_the_effects_are_the_same() {
    let options = TestOptions {
        crash_everywhere: true,
        ..TestOptions::default()
    };
    let rule = r#"
        let id = uuid();
        let answers = parallel(["a", "b"], |name| {
            let first = http::get(`https://${name}.example`);
            http::post("https://c.example", first.body + first.body).body + uuid()
        });
        sleep("1d");
        email::send(#{ to: "a@example.com", data: #{ answers: answers, id: id, at: now() } });
    "#;
    let tests = r#"
        fn test_it() {
            let n = 0;
            mock("http::get", |url| { n += 1; #{ body: `${n}` } });
            mock("http::post", |url, body| #{ body: body });
            let run = trigger("new-booking");
            advance("1d");
            assert_eq(run.requests.len(), 2);
            assert_eq(run.requests[1].body, "22");
        }
    "#;
    all_passed(&run_with(&[(super::RULE, rule)], tests, &options));
}
