//! No false alarms: nothing is said about what is right.

use std::fs;
use std::path::{Path, PathBuf};

use cuebook_rules::{RuleFiles, pure_functions};

use super::{engine, said};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn nothing_is_said_about_the_starter_rules() {
    let files = RuleFiles::read(&root().join("rules")).unwrap();
    let checked = engine().check(&files);
    assert_eq!(checked.diagnostics, []);
    assert!(checked.set.is_some());
}

#[test]
fn nothing_is_said_about_the_examples_of_functions() {
    let engine = engine();
    let outside = engine
        .functions()
        .iter()
        .map(|function| (function.name, function.example.to_owned()));
    let pure = pure_functions().iter().map(|function| {
        (
            function.name,
            format!("let _answer = {};", function.example),
        )
    });
    let mut wrong = Vec::new();
    for (name, example) in outside.chain(pure) {
        let found = said(&engine, "manual/example.rhai", &example);
        // An example may make something only to show it, and show a template that the house does not have.
        let told = found
            .iter()
            .filter(|found| !["W0801", "E0501", "W0408", "W0604", "E0307"].contains(&found.code));
        wrong.extend(told.map(|found| format!("{name}: {found}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_said_about_the_scripts_of_the_documentation() {
    let engine = engine();
    let mut wrong = Vec::new();
    for page in pages(&root().join("docs")) {
        let text = fs::read_to_string(&page).unwrap();
        for (number, script) in scripts(&text).into_iter().enumerate() {
            // What is only a sketch; and tests have functions of their own.
            if script.contains('…') || script.contains("fn test_") {
                continue;
            }
            let found = said(&engine, folder_of(&script), &script);
            // What a page shows is often a part of a rule, that begins with what it has said before.
            let partly = [
                "W0801", "E0307", "E0501", "W0408", "W0604", "E0104", "E0301",
            ];
            let told = found.iter().filter(|found| !partly.contains(&found.code));
            wrong.extend(
                told.map(|found| format!("{} {number}: {found}\n{script}", page.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A folder in which such a script may lie.
fn folder_of(script: &str) -> &'static str {
    if script.contains("schedule = ") {
        "schedule/example.rhai"
    } else {
        "manual/example.rhai"
    }
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages.extend(pages_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages
}

/// The pages of a folder below: that of the diagnostics shows mistakes.
fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let pages = pages(folder).into_iter();
    pages
        .filter(|page| !page.ends_with("diagnostics.md"))
        .collect()
}

/// The scripts that a page shows.
fn scripts(page: &str) -> Vec<String> {
    let parts = page.split("```rhai\n").skip(1);
    let scripts = parts.filter_map(|part| {
        // A head has a fence of its own, behind `//!`.
        let end = part.find("\n```").unwrap_or(part.len());
        part.get(..end).map(str::to_owned)
    });
    scripts.collect()
}

/// Scripts that are right, in ways that a hasty checker would doubt.
const RIGHT: &[&str] = &[
    "let list = [1, 2]; log::info(`${list.len} ${list.len()} ${\"abc\".len}`);",
    "let total = 0; for n in [1, 2] { total += n; } if total == 3 { log::info(\"three\"); }",
    "let value = 5; value = \"five\"; if value == \"five\" { log::info(value); }",
    "let options = #{}; options.timeout = \"5s\"; http::get(\"https://a.example\", options);",
    "let data = #{}; data.set(\"name\", \"Tom\"); email::send(#{ to: \"a@b.example\", template: \"thank-you\", data: data });",
    "let data = #{ number: 5 }; data += #{ name: \"Tom\" }; email::send(#{ to: \"a@b.example\", template: \"thank-you\", data: data });",
    "let f = |x| x * 2; let g = |x| f.call(x) + 1; log::info(`${g.call(2)}`);",
    "let names = [\"b\", \"a\"].map(|name| text::upper(name)).filter(|name| name != \"B\"); for name in names { log::info(name); }",
    "let seats = 0; [1, 2].for_each(|| seats += this); log::info(`${seats}`);",
    "fn twice(x) { x * 2 } log::info(`${[1].map(Fn(\"twice\"))}`); log::info(`${[1].map(twice)}`);",
    "fn add(n) { this += n; } let total = 1; total.add(2); log::info(`${total}`);",
    "const MAX = 3; fn over(n) { n > global::MAX } if over(4) { skip(\"too many\"); }",
    "let number = (); try { number = ticketpark::booking(\"1\").pid_readable; } catch (error) { log::warn(error.message); } if number != () { log::info(number); }",
    "let answer = http::get(\"https://a.example\"); if answer.status == 200 && answer.json.ok { log::info(answer.body); }",
    "let payment = wait_for([\"new-payment\", \"own-type\"], #{}, \"1d\"); if payment != () { log::info(payment.payload.anything); } // cuebook: allow(W0604)",
    "loop { let e = wait_for(\"new-payment\", #{}, \"1d\"); if e == () { break; } log::info(e.payload.currency); }",
    "let tries = 0; while true { tries += 1; if tries > 3 { fail(\"no answer\"); } }",
    "let x = switch event.type { \"new-booking\" => 1, \"new-payment\" if event.trust == \"x\" => 2, _ => 3 }; log::info(`${x}`);",
    "if event.payload.amount > 50 && event.payload.amount <= 100.00 { log::info(\"between\"); }",
    "let at = time::add(now(), \"-1d\"); if at < event.received_at { log::info(\"recent\"); }",
    "let text = if event.payload.note == () { \"\" } else { event.payload.note }; log::info(text);",
    "let parts = \"a,b\".split(\",\"); if \"a\" in parts { log::info(parts[0].to_upper()); }",
    "let map = #{ f: |x| x }; log::info(`${map.f.call(1)}`); let key = \"f\"; if key in map { log::info(\"f\"); }",
    "import \"lib/mail\" as mail; log::info(mail::SHOP + mail::greet(\"Tom\"));",
    "http::get(\"https://a.example\", #{ headers: #{ \"x-key\": secret(\"CRM\") }, auth: #{ basic: [\"tom\", secret(\"CRM\")] } });",
    "let hash = crypto::hmac_sha256(secret(\"CRM\"), \"data\"); log::info(hash);",
    "let _answer = http::post(\"https://a.example\", #{}); for _round in 0..3 { log::info(\"again\"); }",
    "let found = parallel([\"a\"], |pid| { let seats = 0; seats += 1; #{ pid: pid, seats: seats } }); log::info(`${found}`);",
    "let a = 1; { let a = 2; log::info(`${a}`); } log::info(`${a}`);",
    "let amount = event.payload.amount ?? 0; log::info(`${amount}`); let first = event.payload?.ticket_pids?[0]; log::info(`${first}`);",
    "return; ",
    "fn maybe(pid, wait) { if wait { sleep(\"1d\"); } log::info(pid); } parallel([\"a\"], |pid| maybe(pid, false));",
    "fn check(pid) { if pid == \"\" { return; } skip(\"nothing\"); } check(event.id); log::info(\"on\");",
    "fn check(pid) { try { throw pid; } catch (e) { log::info(`${e}`); } } check(event.id); log::info(\"on\");",
    "fn down(n) { if n > 0 { down(n - 1); down(n - 2); } } down(3); log::info(\"on\");",
    "fn stop(why) { skip(why); } if event.id == \"\" { stop(\"no id\"); } log::info(\"on\");",
    "webhook::send(\"https://a.example/\", #{}); if event.id == \"x\" { sleep(\"1d\"); } http::post(\"https://a.example/\", #{});",
    "fn rest() { sleep(\"1d\"); } webhook::send(\"https://a.example/\", #{}); rest(); http::post(\"https://a.example/\", #{});",
    "fn told(pid) { if pid == \"\" { return 1; } webhook::send(\"https://a.example/\", #{}); } let sent = told(event.id); log::info(`${sent}`);",
    "let once_only = once(`note-${event.id}`); if !once_only { skip(\"done\"); }",
];

#[test]
fn nothing_is_said_about_what_is_right_in_unusual_ways() {
    let engine = engine();
    let mut wrong = Vec::new();
    for script in RIGHT {
        let found = said(&engine, "manual/example.rhai", script);
        wrong.extend(found.iter().map(|found| format!("{found}\n  {script}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
