//! The day a rule has mailed many people something wrong: who got it is found by the rule's version, and these people,
//! nobody else, are answered by a rule of `manual/`.

use std::collections::BTreeSet;
use std::time::Duration;

use cuebook_core::event::Origin;
use cuebook_core::run::RunState;
use cuebook_store::{EventFilter, Page};
use cuebook_testkit::{Cuebook, SmtpPeer};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

const RULE: &str = "new-booking/thanks.rhai";
const APOLOGY: &str = "manual/apology.rhai";

fn mail(text: &str) -> String {
    format!(
        r#"//! Writes to the customer.
let pid = event.payload.booking_pid;
email::send(#{{ to: `guest${{pid}}@guests.example`, subject: "{text}", text: "{text}" }});
"#
    )
}

/// The replay once it is over.
async fn over(cuebook: &Cuebook, path: &str) -> Json {
    let latest = Instant::now() + Duration::from_mins(1);
    loop {
        let replay = cuebook.get(path).await.json();
        let has = |state: &str| !replay["runs"][state].is_null();
        if replay["state"] != "running" && !has("ready") && !has("running") {
            return replay;
        }
        assert!(Instant::now() < latest, "{replay}");
        sleep(Duration::from_millis(10)).await;
    }
}

async fn hooks(cuebook: &Cuebook, pids: std::ops::Range<u32>) {
    for pid in pids {
        let event = cuebook
            .hook("new-booking", json!({ "booking_pid": pid.to_string() }))
            .await;
        cuebook.wait_for_run(event, RunState::Completed).await;
    }
}

fn to(peer: &SmtpPeer, subject: &str) -> Vec<String> {
    let mails = peer.mails().into_iter();
    mails
        .filter(|mail| mail.header("subject") == subject)
        .flat_map(|mail| mail.to)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_got_a_wrong_mail_are_found_by_its_version_and_answered_once_each() {
    let peer = SmtpPeer::start().await.unwrap();
    let mut cuebook = Cuebook::builder()
        .rule(RULE, mail("Thank you"))
        .rule(APOLOGY, mail("Sorry"))
        .mailing(&peer)
        .start()
        .await;
    hooks(&cuebook, 0..5).await;
    let change = async |cuebook: &mut Cuebook, text: &str| {
        let source = mail(text).into_bytes();
        cuebook
            .change_rules(|files| {
                files.0.insert(RULE.to_owned(), source);
            })
            .await;
    };
    change(&mut cuebook, "You owe us money").await;
    let wrong = cuebook.get("/api/v1/rules/new-booking/thanks").await.json();
    let version = wrong["version"].as_str().unwrap().to_owned();
    hooks(&cuebook, 5..45).await;
    change(&mut cuebook, "Thank you").await;
    hooks(&cuebook, 45..50).await;

    // Who got it?
    let path = format!("/api/v1/effects?kind=email::send&rule_version={version}&limit=100");
    let list = cuebook.get(&path).await.json();
    let events: BTreeSet<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|effect| effect["event_id"].as_str().unwrap())
        .collect();
    assert_eq!(events.len(), 40);

    // How many would be answered? Then a trial that sends nothing, then the answer itself, half-way killed.
    let ask = |more: Json| {
        let mut body = json!({ "events": events, "rule": "manual/apology" });
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        body
    };
    let counted = cuebook
        .post("/api/v1/replays", &ask(json!({ "dry_run": true })))
        .await;
    assert_eq!(
        (counted.status, &counted.json()["total"]),
        (200, &json!(40))
    );
    let begun = cuebook.post("/api/v1/replays", &ask(json!({}))).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let path = format!("/api/v1/replays/{}", begun.json()["id"].as_str().unwrap());
    let tried = over(&cuebook, &path).await;
    assert_eq!(
        (&tried["state"], &tried["runs"]),
        (&json!("completed"), &json!({ "completed": 40 }))
    );
    assert_eq!(to(&peer, "Sorry"), [""; 0]);

    let begun = cuebook
        .post("/api/v1/replays", &ask(json!({ "effects": "perform" })))
        .await;
    let path = format!("/api/v1/replays/{}", begun.json()["id"].as_str().unwrap());
    let cuebook = cuebook.kill().await.reopen().await;
    let answered = over(&cuebook, &path).await;
    assert_eq!(
        (&answered["replayed"], &answered["skipped"]),
        (&json!(40), &json!(0))
    );
    let latest = Instant::now() + Duration::from_mins(1);
    while to(&peer, "Sorry").len() < 40 && Instant::now() < latest {
        sleep(Duration::from_millis(10)).await;
    }
    let sorry: BTreeSet<String> = to(&peer, "Sorry").into_iter().collect();
    let wronged: BTreeSet<String> = to(&peer, "You owe us money").into_iter().collect();
    assert_eq!(sorry.len(), 40);
    assert_eq!(sorry, wronged);
    let replayed = EventFilter {
        origin: Some(Origin::Replay),
        ..EventFilter::default()
    };
    let replayed = cuebook
        .store()
        .list_events(&replayed, &Page::default())
        .await
        .unwrap();
    assert_eq!(
        replayed.items.len(),
        80,
        "40 for the trial, 40 for the answer"
    );
    assert_eq!(cuebook.store().close_books().await.unwrap().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_on_the_original_versions_runs_what_ran_then() {
    let log = |word: &str| format!("//! Says a word.\nlog::info(\"{word}\");\n");
    let mut cuebook = Cuebook::builder().rule(RULE, log("first")).start().await;
    hooks(&cuebook, 0..1).await;
    cuebook
        .change_rules(|files| {
            files.0.insert(RULE.to_owned(), log("second").into_bytes());
        })
        .await;
    hooks(&cuebook, 1..2).await;
    for (version, words) in [
        ("original", ["first", "second"]),
        ("newest", ["second", "second"]),
    ] {
        let body = json!({ "filter": { "origin": "webhook" }, "version": version });
        let begun = cuebook.post("/api/v1/replays", &body).await.json();
        let path = format!("/api/v1/replays/{}", begun["id"].as_str().unwrap());
        let replay = over(&cuebook, &path).await;
        assert_eq!(replay["runs"], json!({ "completed": 2 }), "{replay}");
        let runs = cuebook
            .get("/api/v1/runs?origin=replay&limit=2")
            .await
            .json();
        let mut said = Vec::new();
        for run in runs["items"].as_array().unwrap().iter().rev() {
            let path = format!("/api/v1/runs/{}", run["id"].as_str().unwrap());
            said.push(cuebook.get(&path).await.json()["logs"][0]["message"].clone());
        }
        assert_eq!(said, words, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_waits_for_its_own_runs_and_ends_when_its_rule_is_taken_away() {
    let mut cuebook = Cuebook::builder()
        .rule(APOLOGY, mail("Sorry"))
        .start()
        .await;
    for pid in 0..200 {
        cuebook
            .hook("new-booking", json!({ "booking_pid": pid.to_string() }))
            .await;
    }
    let none = json!({ "filter": {}, "rule": "manual/none" });
    assert_eq!(cuebook.post("/api/v1/replays", &none).await.status, 409);
    let everything = cuebook_store::Stopped::Everything;
    cuebook.store().stop(None, everything).await.unwrap();
    let body = json!({ "filter": {}, "rule": "manual/apology" });
    let begun = cuebook.post("/api/v1/replays", &body).await.json();
    let path = format!("/api/v1/replays/{}", begun["id"].as_str().unwrap());
    let latest = Instant::now() + Duration::from_mins(1);
    let replayed = loop {
        let replayed = cuebook.get(&path).await.json()["replayed"]
            .as_u64()
            .unwrap();
        assert!(Instant::now() < latest);
        if replayed >= 128 {
            break replayed;
        }
        sleep(Duration::from_millis(10)).await;
    };
    assert!(
        replayed < 200,
        "what comes in does not queue behind a replay"
    );
    cuebook
        .change_rules(|files| {
            files.0.remove(APOLOGY);
        })
        .await;
    cuebook.store().start(None, everything).await.unwrap();
    let ended = over(&cuebook, &path).await;
    assert_eq!(ended["state"], "failed", "{ended}");
    assert!(ended["reason"].as_str().unwrap().contains("manual/apology"));
    assert_eq!(ended["replayed"], replayed);
}
