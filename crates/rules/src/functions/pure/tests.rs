//! Each pure function's behaviour, and that its documented example runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use cuebook_core::secret::{SecretLookup, SecretText};
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine};

use super::*;
use crate::types::SecretHandle;

struct OneSecret;

impl SecretLookup for OneSecret {
    fn lookup(&self, name: &str) -> Option<SecretText> {
        (name == "KEY").then(|| SecretText::new("key"))
    }
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    crate::types::register(&mut engine);
    let context = PureContext {
        timezone: chrono_tz::Tz::Europe__Zurich,
        default_locale: "de".to_owned(),
        secrets: Arc::new(OneSecret),
    };
    register(&mut engine, &context);
    engine.register_fn("secret", |name: &str| SecretHandle(name.into()));
    engine
}

fn eval(script: &str) -> Result<Value, String> {
    let wrapped = format!("try {{ {script} }} catch (error) {{ throw error.message; }}");
    let answer: Dynamic = engine().eval(&wrapped).map_err(|error| match *error {
        rhai::EvalAltResult::ErrorRuntime(message, _) => message.to_string(),
        other => other.to_string(),
    })?;
    crate::convert::to_value(&answer).map_err(|error| error.to_string())
}

fn text(script: &str) -> String {
    match eval(script).unwrap() {
        Value::Text(text) => text,
        other => panic!("{script}: {other:?}"),
    }
}

#[test]
fn each_example_gives_what_its_page_says() {
    let engine = engine();
    for function in pure_functions()
        .iter()
        .filter(|f| f.name != "template::render")
    {
        let answer: Dynamic = engine
            .eval(function.example)
            .unwrap_or_else(|error| panic!("{}: {error}", function.name));
        let shown = engine
            .eval::<String>(&format!("to_debug({})", function.example))
            .unwrap_or_else(|_| answer.to_string());
        assert_eq!(shown, function.gives, "{}", function.name);
    }
}

#[test]
fn every_registered_function_is_listed_and_every_listed_one_registered() {
    let listed: BTreeSet<&str> = pure_functions().iter().map(|f| f.name).collect();
    let mut bare = Engine::new_raw();
    let context = PureContext {
        timezone: chrono_tz::Tz::UTC,
        default_locale: "de".to_owned(),
        secrets: Arc::new(OneSecret),
    };
    register(&mut bare, &context);
    let registered: BTreeSet<String> = bare
        .collect_fn_metadata(
            None,
            |info| {
                let name = info.metadata.name.as_str();
                Some(if info.namespace.is_empty() {
                    name.to_owned()
                } else {
                    format!("{}::{name}", info.namespace)
                })
            },
            false,
        )
        .into_iter()
        .collect();
    let registered: BTreeSet<&str> = registered.iter().map(String::as_str).collect();
    assert_eq!(registered, listed);
    assert_eq!(
        listed.len(),
        pure_functions().len(),
        "a name is listed twice"
    );
}

#[test]
fn a_wrong_argument_is_told_by_name_and_can_be_caught() {
    for (script, message) in [
        (
            "text::join(\"a\", \",\")",
            "text::join: items has to be a array, and is string",
        ),
        (
            "text::trim(7)",
            "text::trim: text has to be a string, and is integer",
        ),
        (
            "text::trim()",
            "text::trim takes one argument, and is given 0",
        ),
        (
            "text::split(\"a\", \"\")",
            "text::split: the separator is empty: give at least one character",
        ),
        (
            "csv::format([], #{ column: [] })",
            "csv::format does not know the option `column` (did you mean `columns`?)",
        ),
        (
            "calendar::event(#{ start: \"2026-01-01\", summary: \"x\" })",
            "calendar::event needs the option `uid`",
        ),
        (
            "decimal(\"1'000\")",
            "decimal: \"1'000\" is no number: write digits and a point",
        ),
        (
            "time::parse(\"tomorrow\")",
            "time::parse: \"tomorrow\" is no time",
        ),
        ("time::add(\"2026-01-01\", \"3 days\")", "time::add: "),
        (
            "time::format(\"2026-01-01\", \"lang\")",
            "did you mean `long`?",
        ),
        ("time::format(\"2026-01-01\", \"%Q\")", "cannot be read"),
        (
            "time::format(\"2026-01-01\", \"date\", #{ timezone: \"Europe/Zürich\" })",
            "did you mean \"Europe/Zurich\"?",
        ),
        ("time::at(\"2026-01-01\", \"25:00\")", "is no time of day"),
        (
            "time::start_of(\"2026-01-01\", \"decade\")",
            "there is no unit \"decade\"",
        ),
        (
            "base64::decode(\"%%%\")",
            "base64::decode: the text is not Base64",
        ),
        ("json::parse(\"{\")", "json::parse: the text is not JSON"),
        ("url::query(#{ a: #{} })", "`a` cannot be map"),
        (
            "text::matches(\"a\", \"(\")",
            "text::matches: the pattern cannot be read: unclosed group",
        ),
        (
            "[1].group_by(|x| [])",
            "group_by: a key has to be a string, a number or a bool, not array",
        ),
        (
            "crypto::hmac_sha256(secret(\"NO\"), \"x\")",
            "there is no secret called \"NO\"",
        ),
        (
            "template::render(\"a\", #{})",
            "there are no templates here",
        ),
    ] {
        let said = eval(script).unwrap_err();
        assert!(said.contains(message), "{script}: {said}");
    }
}

#[test]
fn a_secret_is_a_key_and_nothing_else() {
    assert_eq!(
        text("crypto::hmac_sha256(secret(\"KEY\"), \"data\")"),
        text("crypto::hmac_sha256(\"key\", \"data\")")
    );
    for script in [
        "json::stringify(#{ a: secret(\"KEY\") })",
        "crypto::sha256(secret(\"KEY\"))",
        "base64::encode(secret(\"KEY\"))",
        "text::join([secret(\"KEY\")], \"\")",
        "url::query(#{ a: secret(\"KEY\") })",
        "csv::format([[secret(\"KEY\")]])",
    ] {
        let said = eval(script).unwrap_err();
        assert!(said.contains("secret"), "{script}: {said}");
    }
}

#[test]
fn json_keeps_numbers_exact_and_bounds_what_it_reads() {
    assert_eq!(
        eval("json::parse(\"[9223372036854775808, 0.10, null]\")").unwrap(),
        Value::Array(vec![
            Value::Decimal("9223372036854775808".parse().unwrap()),
            Value::Decimal("0.10".parse().unwrap()),
            Value::Unit,
        ])
    );
    assert_eq!(text("json::stringify([1], true)"), "[\n  1\n]");
    let deep = format!("json::parse(`{}{}`)", "[".repeat(100), "]".repeat(100));
    assert!(eval(&deep).unwrap_err().contains("64 levels"));
}

#[test]
fn json_that_nests_parsers_is_refused() {
    let nested = r#"{"$serde_json::private::RawValue":"[1]"}"#;
    let said = eval(&format!("json::parse(`{nested}`)")).unwrap_err();
    assert!(said.contains("a key begins with"), "{said}");
    let deep = format!("json::parse(`{}`)", "[".repeat(200));
    assert!(eval(&deep).unwrap_err().contains("128 levels"));
}

#[test]
fn what_a_function_makes_of_little_is_bounded() {
    for (script, message) in [
        (
            "let names = []; names.pad(1000, `a`); let rows = []; rows.pad(1000, 0); \
             for i in 0..1000 { rows[i] = #{ a: 1 }; } csv::format(rows, #{ columns: names })",
            "there are 1000000 cells: 100000 at most",
        ),
        (
            "let names = []; names.pad(1000, `a`); let long = `a`; for i in 0..14 { long += long; } \
             csv::format([#{ a: long }], #{ columns: names })",
            "row 1: the text grows beyond",
        ),
        (
            "let name = `ab`; for i in 0..14 { name += name; } let items = []; items.pad(1000, 1); \
             let map = #{}; map[name] = items; url::query(map)",
            "the text grows beyond",
        ),
    ] {
        let said = eval(script).unwrap_err();
        assert!(said.contains(message), "{script}: {said}");
    }
}

#[test]
fn a_name_that_is_very_long_is_not_compared_and_shown_in_part() {
    let long = "let n = `ab`; for i in 0..18 { n += n; } ";
    for call in [
        "time::format(`2026-01-01`, n)",
        "time::format(`2026-01-01`, `date`, #{ timezone: n })",
        "time::start_of(`2026-01-01`, n)",
        "time::parse(n)",
        "decimal(n)",
        "let options = #{}; options[n] = 1; csv::format([], options)",
    ] {
        let said = eval(&format!("{long}{call}")).unwrap_err();
        assert!(said.len() < 400, "{call}: {} bytes", said.len());
    }
}

#[test]
fn base64_is_read_in_each_alphabet() {
    assert_eq!(text("base64::decode(\"-_8\\n=\").to_string()"), "[fbff]");
    assert_eq!(text("base64::encode(base64::decode(\"+/8=\"))"), "+/8=");
}

#[test]
fn csv_cannot_become_a_formula_and_quotes_what_it_must() {
    assert_eq!(
        text(
            "csv::format([#{ a: `=1+1`, b: `x,\"y\"` }, #{ a: -5, b: () }, #{ a: `@x`, b: decimal(`-1.50`) }])"
        ),
        "a,b\r\n'=1+1,\"x,\"\"y\"\"\"\r\n-5,\r\n'@x,-1.50\r\n"
    );
    for start in ["=", "+", "-", "@", "\\t", "\\r"] {
        let cell = text(&format!("csv::format([[\"{start}x\"]])"));
        assert!(
            cell.trim_start_matches('"').starts_with('\''),
            "{start}: {cell:?}"
        );
    }
    assert_eq!(
        text("csv::format([[1, true], [`a;b`]], #{ separator: `;` })"),
        "1;true\r\n\"a;b\"\r\n"
    );
    assert!(eval("csv::format([7])").unwrap_err().contains("row 1"));
}

#[test]
fn a_calendar_event_is_a_valid_file() {
    let file = text(
        "calendar::event(#{ uid: `show-7`, start: `2026-11-24T19:30:00+01:00`, end: `2026-11-24 22:00`, summary: `Figaro; Akt 1, 2`, location: `Opernhaus\nZürich` })",
    );
    assert_eq!(
        file,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Cuebook//EN\r\nBEGIN:VEVENT\r\nUID:show-7\r\nDTSTAMP:20261124T183000Z\r\nDTSTART:20261124T183000Z\r\nDTEND:20261124T210000Z\r\nSUMMARY:Figaro\\; Akt 1\\, 2\r\nLOCATION:Opernhaus\\nZürich\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let wrong =
        "calendar::event(#{ uid: `a`, start: `2026-11-24`, end: `2026-11-23`, summary: `x` })";
    assert!(eval(wrong).unwrap_err().contains("before `start`"));
}

#[test]
fn times_follow_the_calendar_and_the_clocks() {
    for (script, expected) in [
        // The day has 23 hours: the time on the wall stays.
        (
            "time::add(`2026-03-28T12:00:00+01:00`, `1d`)",
            "2026-03-29T10:00:00Z",
        ),
        (
            "time::add(`2026-03-28T12:00:00+01:00`, `24h`)",
            "2026-03-29T11:00:00Z",
        ),
        (
            "time::add(`2026-03-30T12:00:00+02:00`, `-1w`)",
            "2026-03-23T11:00:00Z",
        ),
        // A time on the wall that the clocks skip.
        ("time::at(`2026-03-29`, `02:30`)", "2026-03-29T01:30:00Z"),
        ("time::at(`2026-10-25`, `02:30`)", "2026-10-25T00:30:00Z"),
        (
            "time::start_of(`2026-10-25T01:45:00Z`, `hour`)",
            "2026-10-25T01:00:00Z",
        ),
        (
            "time::start_of(`2026-03-29T12:00:00Z`, `day`)",
            "2026-03-28T23:00:00Z",
        ),
        (
            "time::start_of(`2026-11-24`, `week`, `UTC`)",
            "2026-11-23T00:00:00Z",
        ),
        (
            "time::start_of(`2026-11-24`, `year`)",
            "2025-12-31T23:00:00Z",
        ),
        (
            "time::parse(`2026-11-24 12:00`, `America/New_York`)",
            "2026-11-24T17:00:00Z",
        ),
    ] {
        let expected = chrono::DateTime::parse_from_rfc3339(expected)
            .unwrap()
            .to_utc();
        assert_eq!(eval(script).unwrap(), Value::Time(expected), "{script}");
    }
    assert_eq!(
        text("time::format(time::parse(`2026-11-24T18:30:00Z`), `%d.%m.%Y %H:%M %Z`)"),
        "24.11.2026 19:30 CET"
    );
    assert!(
        eval("time::add(`9999-12-31`, `3653d`)")
            .unwrap_err()
            .contains("years 1 to 9999")
    );
}

#[test]
fn group_by_takes_numbers_and_lets_errors_of_its_function_through() {
    assert_eq!(
        eval("[1, 2, 3].group_by(|x| x % 2 == 0)").unwrap(),
        Value::from([
            ("false", Value::Array(vec![1.into(), 3.into()])),
            ("true", Value::Array(vec![2.into()])),
        ])
    );
    let engine = engine();
    let error = engine
        .eval::<Dynamic>("[1].group_by(|x| throw `no`)")
        .unwrap_err();
    assert!(error.to_string().contains("no"), "{error}");
}
