//! What is secret or personal, wherever it comes in and whatever goes wrong with it, is in no log, whether people or tools read
//! it, in no number, and in no answer to whoever may not see it.

use crate::folder::Folder;
use crate::http;
use crate::server::{LOG, Server};

/// Its mail cannot be delivered: nobody listens there.
const MAILS: &str = r#"//! Mails.
email::send(#{ to: "canary@tomsons.example", subject: "canary", text: "canary" });
"#;
/// It asks somebody who is not there, with a secret in the URL, and then fails with an address in its words.
const FAILS: &str = r#"//! Fails.
try { http::get("http://127.0.0.1:9/x?key=canary", #{ retry: "never", headers: #{ "x-canary": "canary" } }); } catch (error) { }
throw "there is no canary@tomsons.example";
"#;
const BODY: &str =
    r#"{"type":"new-booking","payload":{"booking_pid":"7","mail":"canary@tomsons.example"}}"#;
const WRONG_KEY: &str = "a-canary-of-more-than-32-characters-which-is-no-key";

#[test]
fn no_canary_is_found_again() {
    for format in ["text", "json"] {
        let folder = Folder::new();
        folder.write("rules/new-booking/mails.rhai", MAILS);
        folder.write("rules/new-booking/fails.rhai", FAILS);
        let environment = [
            ("CUEBOOK_LOG_FORMAT", format),
            (
                "CUEBOOK_HOOK_TOKEN",
                "a-canary-token-of-more-than-32-characters",
            ),
            ("CUEBOOK_SMTP_URL", "smtp://127.0.0.1:9"),
            ("CUEBOOK_SMTP_FROM", "office@example.com"),
            ("CUEBOOK_EGRESS_ALLOW", "127.0.0.1"),
        ];
        let server = Server::start(&folder, &[], &environment);
        let token = "a-canary-token-of-more-than-32-characters";
        assert_eq!(server.webhook(token, BODY).status, 202);
        assert_eq!(server.webhook(token, "{ canary").status, 400);
        assert_eq!(server.webhook("a-wrong-canary", BODY).status, 404);
        server.wait_for("/api/v1/runs?state=failed", |list| {
            list["items"][0]["id"].as_str().map(str::to_owned)
        });
        server.wait_for("/api/v1/effects?kind=email::send", |list| {
            list["items"][0]["attempts"][0]["number"].as_u64()
        });
        let key = r#"{"name":"reader","scopes":["read"]}"#;
        let admin = folder.read("data/admin.key");
        let made = http::request("POST", &server.url, "/api/v1/keys", admin.trim(), key).json();
        let key = made["key"].as_str().unwrap();
        let mut seen = String::new();
        let mut see = |path: &str, key: &str| {
            let answer = http::request("GET", &server.url, path, key, "");
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            seen.push_str(&text);
            text
        };
        for path in [
            "/api/v1/events?q=canary",
            "/api/v1/canary",
            "/api/v1/events?canary=canary",
        ] {
            see(path, WRONG_KEY);
            see(path, key);
        }
        see("/metrics", "");
        for list in ["events", "runs", "effects"] {
            let items: serde_json::Value =
                serde_json::from_str(&see(&format!("/api/v1/{list}"), key)).unwrap();
            for item in items["items"].as_array().unwrap() {
                let id = item["id"].as_str().unwrap();
                see(&format!("/api/v1/{list}/{id}"), key);
            }
        }
        assert_eq!(server.terminate(), Some(0));
        let log = folder.read(LOG);
        assert!(log.contains("/hooks/ticketpark/:token"), "{log}");
        for (place, text) in [("log", &log), ("answers", &seen)] {
            // What is no secret: a subject, a body, a name that somebody gave a rule.
            for canary in [
                "canary@",
                "canary-",
                "key=canary",
                "wrong-canary",
                admin.trim(),
                key,
            ] {
                assert!(
                    !text.contains(canary),
                    "{format}: {canary} is in the {place}: {text}"
                );
            }
        }
        assert!(!log.contains("canary"), "{format}: {log}");
    }
}
