//! The checker from outside: whole sets in, diagnostics out.

use cuebook_core::function::{OptionKey, Parameter, ParameterKind};
use cuebook_rules::{Checked, Diagnostic, Engine, RuleFiles};

use crate::driver::{files, settings};

const fn key(name: &'static str, kind: ParameterKind, required: bool) -> OptionKey {
    OptionKey {
        name,
        kind,
        required,
        doc: "who receives it",
    }
}

/// `email::send` as it is, as far as the checker is concerned.
const MAIL: &[Parameter] = &[Parameter {
    name: "mail",
    kind: ParameterKind::Options(&[
        key("to", ParameterKind::TextOrTexts, true),
        key("subject", ParameterKind::Text, false),
        key("text", ParameterKind::Text, false),
        key("template", ParameterKind::Text, false),
        key("data", ParameterKind::Map, false),
        key("together", ParameterKind::Bool, false),
    ]),
    required: true,
    doc: "",
}];

fn engine() -> Engine {
    let mut settings = settings();
    for function in &mut settings.functions {
        if function.name == "email::send" {
            function.parameters = MAIL;
        }
    }
    Engine::new(settings).unwrap()
}

fn check(all: &[(&str, &str)]) -> Checked {
    engine().check(&files(all))
}

/// What is said about a set.
fn said(all: &[(&str, &str)]) -> Vec<String> {
    let checked = check(all);
    let has_errors = checked.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(
        checked.set.is_none(),
        has_errors,
        "{:?}",
        checked.diagnostics
    );
    checked
        .diagnostics
        .iter()
        .map(Diagnostic::to_string)
        .collect()
}

/// What is said about a rule for payments, but that it makes variables and functions only to show something.
fn about(source: &str) -> Vec<String> {
    used(said(&[("new-payment/a.rhai", source)]))
}

fn used(mut said: Vec<String>) -> Vec<String> {
    said.retain(|line| !line.contains("[W0801]") && !line.contains("[W0802]"));
    said
}

#[track_caller]
fn one(source: &str, expected: &str) {
    assert_eq!(about(source), [format!("new-payment/a.rhai:{expected}")]);
}

#[track_caller]
fn nothing(source: &str) {
    assert_eq!(about(source), Vec::<String>::new());
}

#[test]
fn a_rule_as_the_documentation_shows_it_is_right() {
    let source = r#"//! Thanks the customer once the booking has been paid.
//!
//! ```toml
//! concurrency = "subject"
//! retry = { attempts = 8, first = "5s", max = "1h" }
//! ```
import "lib/mail" as mail;

const SHOP = "shop@theater.example";

fn greeting(customer) {
    if customer.firstname == () { "Guten Tag" } else { `Hallo ${customer.firstname}` }
}

let booking = ticketpark::booking(event.payload.booking_pid);
let rows = booking.tickets.filter(|ticket| ticket.confirmation).map(|ticket| mail::row(ticket));
sleep("3d");
for (row, index) in rows {
    log::info(`row ${index}`, #{ row: row });
}
try {
    let answer = http::post("https://crm.example/", #{ pid: booking.pid }, #{ timeout: "5s" });
    if answer.status >= 400 { fail(`CRM said ${answer.status}`); }
} catch (error) {
    retry_in("5m", error.message);
}
let _parts = parallel([|| http::get("https://a.example"), || http::get("https://b.example")]);
email::send(#{
    to: [SHOP, booking.customer.email],
    template: "thanks",
    data: #{ greeting: greeting(booking.customer), amount: money::format(event.payload.amount, event.payload.currency) },
});
emit("booking-cancelled", #{ booking_pid: event.payload.booking_pid, at: now() });
"#;
    let set = [
        ("new-payment/thanks.rhai", source),
        (
            "lib/mail.rhai",
            "import \"lib/more\" as more; fn row(ticket) { more::text(ticket.seat_string) }",
        ),
        (
            "lib/more.rhai",
            "const END = \".\"; fn text(seat) { text::trim(seat) + global::END }",
        ),
        ("templates/thanks.de.subject", "Danke"),
        ("templates/thanks.de.txt", "{{ greeting }}"),
    ];
    assert_eq!(said(&set), Vec::<String>::new());
    let checked = check(&set).set.unwrap();
    let rule = checked.rules.values().next().unwrap();
    assert_eq!(
        rule.description,
        "Thanks the customer once the booking has been paid."
    );
    assert_eq!(
        rule.paths,
        [
            "lib/mail.rhai",
            "lib/more.rhai",
            "new-payment/thanks.rhai",
            "templates/thanks.de.subject",
            "templates/thanks.de.txt"
        ]
    );
}

#[test]
fn a_syntax_error_has_its_place() {
    let said = about("let x = 1;\nlet y = ;");
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("new-payment/a.rhai:2:9: error[E0101]: "),
        "{said:?}"
    );
}

#[test]
fn every_file_is_looked_at_and_all_is_said_in_order() {
    let said = said(&[
        ("new-payment/b.rhai", "nothng();\n//! no head\nfal(\"x\");"),
        (
            "new-payment/a.rhai",
            "//! ```toml\n//! enabld = true\n//! ```\nlet = 1;",
        ),
        ("lib/unused.rhai", "let x = ;"),
        ("templates/t.de.txt", "{% if %}"),
    ]);
    let places: Vec<&str> = said
        .iter()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "lib/unused.rhai:1:9",
            "new-payment/a.rhai:2:5",
            "new-payment/a.rhai:4:5",
            "new-payment/b.rhai:1:1",
            "new-payment/b.rhai:3:1",
            "templates/t.de.txt:1:1",
        ],
        "{said:#?}"
    );
}

#[test]
fn the_head_is_checked() {
    one(
        "//! ```toml\n//! schedule = \"@daily\"\n//! ```\n",
        "2:5: error[E0203]: `schedule` is for rules in `schedule/`: this one runs when an event comes",
    );
}

#[test]
fn files_that_are_too_long_or_no_text_are_refused() {
    let engine = engine();
    let all = RuleFiles(
        [
            ("new-payment/long.rhai".to_owned(), vec![b'/'; 70_000]),
            (
                "new-payment/latin.rhai".to_owned(),
                b"// Z\xfcrich".to_vec(),
            ),
        ]
        .into(),
    );
    let checked = engine.check(&all);
    let codes: Vec<&str> = checked.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["E0103", "E0102"]);
    assert!(checked.set.is_none());
}

#[test]
fn an_unknown_function_is_an_error_with_the_nearest_name() {
    one(
        "let now = 1;\nhtp::get(\"https://a.example\");",
        "2:1: error[E0301]: there is no function `htp::get` (did you mean `http::get`?)",
    );
    one(
        "http::gett(\"https://a.example\");",
        "1:1: error[E0301]: there is no function `http::gett` (did you mean `http::get`?)",
    );
    one(
        "  slep(\"3d\");",
        "1:3: error[E0301]: there is no function `slep` (did you mean `sleep`?)",
    );
    one(
        "fn greet(name) { name }\nlet x = gret(\"Tom\");",
        "2:9: error[E0301]: there is no function `gret` (did you mean `greet`?)",
    );
    one(
        "let x = sha256(\"a\");",
        "1:9: error[E0301]: there is no function `sha256` (did you mean `crypto::sha256`?)",
    );
    one(
        "let x = json::encode(1);",
        "1:9: error[E0301]: there is no function `json::encode` (did you mean `json::stringify`?)",
    );
    one(
        "fn f() {\n  wrong_in_function();\n}",
        "2:3: error[E0301]: there is no function `wrong_in_function`",
    );
}

#[test]
fn what_may_be_a_function_in_a_way_that_is_not_seen_is_no_finding() {
    nothing("let greet = |name| name; greet.call(\"Tom\");");
    nothing("fn apply(f, x) { f.call(x) } apply(|x| x, 1);");
    nothing("let map = #{ f: |x| x }; map.f(1); map.whatever(1, 2);");
    nothing("let x = [1, 2]; x.sort(|a, b| a - b); x.len(); x.push(3); \"a\".to_upper();");
    nothing(
        "let t = type_of(1); log::info(t); fn f(x) { x } let p = Fn(\"f\"); let q = p.curry(1);",
    );
    nothing("let x = 1 + 2 * 3; let y = x == 7 || !false; let z = 1..5; x in [1];");
}

#[test]
fn a_wrong_number_of_arguments_is_an_error() {
    one(
        "http::get();",
        "1:1: error[E0302]: `http::get` takes 1 to 2 arguments, and is given 0 (write `http::get(url, [options])`)",
    );
    one(
        "let x = text::upper(\"a\", \"b\");",
        "1:9: error[E0302]: `text::upper` takes one argument, and is given 2 (write `text::upper(text)`)",
    );
    one(
        "fn greet(name) { name }\ngreet(1, 2);",
        "2:1: error[E0302]: `greet` takes 1 argument, and is given 2",
    );
    nothing("fn greet(name) { name } fn greet(a, b) { a } greet(1, 2);");
}

#[test]
fn imports_are_looked_into() {
    let rule = "import \"lib/mail\" as mail;\nmail::row(1, 2);\nmail::rows(1);\nmail::row(1);";
    assert_eq!(
        said(&[
            ("any/a.rhai", rule),
            ("lib/mail.rhai", "fn row(ticket) { ticket }")
        ]),
        [
            "any/a.rhai:2:1: error[E0302]: `mail::row` takes 1 argument, and is given 2",
            "any/a.rhai:3:1: error[E0301]: there is no function `mail::rows` (did you mean `mail::row`?)",
        ]
    );
}

#[test]
fn an_import_that_leads_nowhere_or_is_computed_is_an_error() {
    let codes = |source: &str| {
        let checked = check(&[("any/a.rhai", source)]);
        let codes: Vec<&str> = checked.diagnostics.iter().map(|d| d.code).collect();
        codes
    };
    assert_eq!(codes("import \"lib/none\" as none;"), ["E0104"]);
    assert_eq!(codes("import \"/etc/passwd\" as p;"), ["E0104"]);
    assert_eq!(codes("let x = \"lib/a\"; import x as a;"), ["E0104"]);
}

#[test]
fn a_library_that_nobody_imports_is_checked_too() {
    assert_eq!(
        said(&[(
            "lib/mail.rhai",
            "fn send(to) { email::send(#{ too: to }); }"
        )]),
        [
            "lib/mail.rhai:1:15: error[E0304]: `email::send` needs the key `to` (add `to: …`: who receives it)",
            "lib/mail.rhai:1:30: error[E0303]: `email::send` has no key `too` (did you mean `to`?)",
        ]
    );
}

#[test]
fn options_that_are_plain_to_see_are_checked() {
    one(
        "email::send(#{\n  to: \"a@b.example\",\n  templte: \"x\", subject: \"x\", text: \"x\",\n});",
        "3:3: error[E0303]: `email::send` has no key `templte` (did you mean `template`?)",
    );
    one(
        "email::send(#{ subject: \"x\", text: \"x\" });",
        "1:1: error[E0304]: `email::send` needs the key `to` (add `to: …`: who receives it)",
    );
    one(
        "email::send(#{ to: \"a@b.example\", together: \"yes\", subject: \"x\", text: \"x\" });",
        "1:45: error[E0305]: `together` of `email::send` has to be bool, and is string",
    );
    one(
        "http::get(\"https://a.example\", #{ timeout: \"5 sec\" });",
        "1:44: error[E0306]: `timeout` of `http::get`: \"5 sec\" is no length of time: write a whole number and a unit, such as \"30s\", \"5m\", \"2h\", \"14d\" or \"1w\" (write `\"5s\"`)",
    );
    one(
        "let x = csv::format([], #{ seperator: \";\" });",
        "1:28: error[E0303]: `csv::format` has no key `seperator` (did you mean `separator`?)",
    );
    nothing("let mail = json::parse(\"{}\"); email::send(mail);");
    nothing(
        "let to = booking().mail; fn booking() { #{} } email::send(#{ to: to, subject: `Row ${to}`, text: \"x\", data: #{ any: 1 } });",
    );
    nothing("http::get(\"https://a.example\", ());");
}

#[test]
fn arguments_that_are_plain_to_see_are_checked() {
    one(
        "http::get(7);",
        "1:11: error[E0305]: `url` of `http::get` has to be string, and is integer (put it into a text: `${…}` in backticks)",
    );
    one(
        "sleep(\"3 days\");",
        "1:7: error[E0306]: `length` of `sleep`: \"3 days\" is no length of time: write a whole number and a unit, such as \"30s\", \"5m\", \"2h\", \"14d\" or \"1w\" (write `\"3d\"`)",
    );
}

#[test]
fn an_unknown_field_of_a_known_payload_is_an_error() {
    one(
        "let pid = event.payload.bokking_pid;",
        "1:25: error[E0401]: the payload of `new-payment` has no field `bokking_pid` (did you mean `booking_pid`?)",
    );
    one(
        "fn f() {\n  event.payload.ticket_pids[0]\n}",
        "2:17: error[E0401]: the payload of `new-payment` has no field `ticket_pids` (it has `booking_pid`, `payment_pid`, `payment_method`, `currency`, `amount`)",
    );
    one(
        "let pid = event.booking_pid;",
        "1:17: error[E0402]: an event has no property `booking_pid` (write `event.payload.booking_pid`)",
    );
    one(
        "let at = event.recieved_at.to_string();",
        "1:16: error[E0402]: an event has no property `recieved_at` (did you mean `received_at`?)",
    );
}

#[test]
fn fields_that_may_be_there_are_no_finding() {
    nothing(
        "let x = event.payload.amount * 2; let y = event.payload.currency.len(); event.id; event.trust;",
    );
    nothing("let x = event.payload[\"new_field\"]; let y = event.payload?.new_field;");
    nothing("fn f(event) { event.whatever } f(1);");
    nothing("let payload = event.payload; payload[\"whatever\"];");
    for (path, head) in [
        ("any/a.rhai", ""),
        ("manual/a.rhai", ""),
        (
            "any/a.rhai",
            "//! ```toml\n//! types = [\"new-payment\", \"own-type\"]\n//! ```\n",
        ),
        (
            "any/a.rhai",
            "//! ```toml\n//! types = [\"new-payment\", \"new-person\"]\n//! ```\n",
        ),
    ] {
        let field = if head.contains("new-person") {
            "person_pid"
        } else {
            "whatever"
        };
        let source = format!("{head}let x = event.payload.{field};");
        assert_eq!(used(said(&[(path, &source)])), Vec::<String>::new());
    }
    let source = "//! ```toml\n//! types = [\"new-payment\", \"new-person\"]\n//! ```\nlet x = event.payload.whatever;";
    assert!(used(said(&[("any/a.rhai", source)]))[0].contains("E0401"));
}

#[test]
fn a_template_that_is_missing_is_an_error() {
    let templates = ("templates/thank-you.de.txt", "Danke");
    let with = |source: &str| used(said(&[("new-payment/a.rhai", source), templates]));
    assert_eq!(
        with("email::send(#{ to: \"a@b.example\", template: \"thankyou\" });"),
        [
            "new-payment/a.rhai:1:45: error[E0501]: there is no template `thankyou` (did you mean `thank-you`?)"
        ]
    );
    assert_eq!(
        with("let x = template::render(\"receipt\", #{});"),
        [
            "new-payment/a.rhai:1:26: error[E0501]: there is no template `receipt` (make `templates/receipt.de.txt`, and one for each other locale)"
        ]
    );
    let right = "let x = template::render(\"thank-you.txt\", #{}); let n = event.id; template::render(n, #{});";
    assert_eq!(with(right), Vec::<String>::new());
}

#[test]
fn an_event_type_that_nobody_knows_is_a_warning() {
    one(
        "emit(\"new-boking\", #{});",
        "1:6: warning[W0604]: no rule is for events of type `new-boking` (did you mean `new-booking`?)",
    );
    let own = [
        ("any/a.rhai", "emit(\"own-type\", #{});"),
        ("own-type/b.rhai", ""),
    ];
    assert_eq!(said(&own), Vec::<String>::new());
    let waited = "wait_for(\"own-decision\", #{ booking_pid: 1 }, \"1d\");";
    assert_eq!(
        said(&[("new-booking/a.rhai", waited)]),
        Vec::<String>::new()
    );
    let types = "//! ```toml\n//! types = [\"own-type\"]\n//! ```\n";
    let any = [
        ("any/a.rhai", "emit(\"own-type\", #{});"),
        ("any/b.rhai", types),
    ];
    assert_eq!(said(&any), Vec::<String>::new());
}

#[test]
fn a_wait_that_only_its_timeout_can_end_is_a_warning() {
    one(
        "wait_for(\"new-paymnt\", #{}, \"1d\");",
        "1:10: warning[W0604]: `new-paymnt` is no type of event that is known (did you mean `new-payment`?)",
    );
    one(
        "wait_for([\"new-payment\", \"new-persn\"], #{ x: 1 }, \"1d\");",
        "1:26: warning[W0604]: `new-persn` is no type of event that is known (did you mean `new-person`?)",
    );
    one(
        "wait_for(\"new-payment\", #{ bookingpid: 1 }, \"1d\");",
        "1:28: warning[W0403]: the payload of `new-payment` has no field `bookingpid`: nothing but the timeout ends the wait (did you mean `booking_pid`?)",
    );
    let right = "let t = \"x\"; wait_for([\"new-payment\", \"new-updated\"], #{ person_pid: 1, amount: 2 }, \"1d\"); wait_for(t, #{ y: 1 }, \"1d\");";
    assert_eq!(said(&[("new-booking/a.rhai", right)]), Vec::<String>::new());
}

#[test]
fn folders_that_lead_nowhere_are_told() {
    assert_eq!(
        said(&[("new-boking/a.rhai", ""), ("new-boking/b.rhai", "")]),
        [
            "new-boking/a.rhai:1:1: warning[W0603]: `new-boking` is no type of event that is known (did you mean `new-booking`?)"
        ]
    );
    assert_eq!(
        said(&[("new-updated/a.rhai", "")]),
        [
            "new-updated/a.rhai:1:1: warning[W0603]: `new-updated` is no type of event that is known (events of type `new-updated` are taken as `person-updated`: move the rules to `person-updated/`)"
        ]
    );
    let codes = |path: &str| {
        let checked = check(&[(path, "")]);
        checked
            .diagnostics
            .iter()
            .map(|d| d.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("schedule/daily.rhai"), ["E0605"]);
    assert_eq!(codes("thanks.rhai"), ["E0601"]);
    assert_eq!(codes("new-booking/deep/thanks.rhai"), ["E0601"]);
    assert_eq!(codes("new-booking/thänks.rhai"), ["E0601"]);
    assert_eq!(codes("lib/deep/mail.rhai"), Vec::<&str>::new());
}

#[test]
fn a_send_before_a_write_is_a_warning() {
    let mail = "email::send(#{ to: \"a@b.example\", subject: \"x\", text: \"x\" });";
    let post = "let answer = http::post(\"https://a.example\", ());";
    one(
        &format!("{mail}\n{post}"),
        "2:14: warning[W0701]: `http::post` is performed before `email::send` of line 1 (what is sent goes out when the script has ended or waits: write the send below)",
    );
    nothing(&format!("{post}\n{mail}"));
    nothing(&format!("{mail}\nsleep(\"1d\");\n{post}"));
    nothing(&format!(
        "{mail}\nlet answer = http::get(\"https://a.example\");"
    ));
    nothing(&format!(
        "if event.trust == \"x\" {{ {mail} }} else {{ {post} }}"
    ));
}
