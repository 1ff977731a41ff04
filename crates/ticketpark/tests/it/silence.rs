//! No token, password or secret is in a log, an error or a `Debug`.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_ticketpark::{Error, RefreshToken};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::peers::{PASSWORD, Scripted, Stage, answer};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Writes down everything that this thread logs, down to the libraries' traces, until the guard is dropped.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The error with its sources, both ways of printing.
fn printed(error: &Error) -> String {
    let mut text = format!("{error:?}");
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        text = format!("{text} | {error}");
        next = error.source();
    }
    text
}

#[tokio::test]
async fn logs_hold_no_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::seconds(601));
    stage
        .client
        .post("/persons", &json!({"firstname": "canary-name"}))
        .await
        .unwrap();
    stage.client.login("canary-wrong").await.unwrap_err();
    let text = log.text();
    assert!(text.contains("logged in to Ticketpark"), "{text}");
    assert!(!text.contains("canary"), "{text}");
    for saved in stage.store.saved() {
        assert!(!text.contains(saved.token.reveal()), "{text}");
    }
}

#[tokio::test]
async fn errors_hold_no_secret_even_of_a_peer_that_echoes() {
    let echoes = vec![
        answer("400 Bad", "", r#"{"error":"canary-refresh-0 is void"}"#),
        answer("500 Oops", "", "canary-refresh-0"),
        answer(
            "200 OK",
            "",
            r#"{"access_token":["canary-access"],"expires_in":"canary"}"#,
        ),
        answer("200 OK", "", "canary-access"),
        Vec::new(),
    ];
    for echo in echoes {
        let peer = Scripted::new(vec![echo], Duration::from_secs(5)).await;
        let error = peer.client.get("/shows/1", &[]).await.unwrap_err();
        assert!(!printed(&error).contains("canary"), "{}", printed(&error));
    }
    let tokens = crate::peers::tokens(1);
    let echo = answer("409 Conflict", "", "you sent Bearer canary-access-1");
    let peer = Scripted::new(vec![tokens, echo], Duration::from_secs(5)).await;
    let error = peer.client.get("/shows/1", &[]).await.unwrap_err();
    assert_eq!(error.answer(), Some("you sent Bearer ***"));
}

#[tokio::test]
async fn an_error_names_no_filter() {
    let stage = Stage::logged_in().await;
    let client = stage.client.clone();
    stage.pretend.stop().await;
    let query = [("filters[lastname]".to_owned(), "canary-name".to_owned())];
    let error = client.get("/persons", &query).await.unwrap_err();
    assert!(!printed(&error).contains("canary"), "{}", printed(&error));
}

#[tokio::test]
async fn debug_holds_no_secret() {
    let stage = Stage::logged_in().await;
    let text = format!("{:?} {:?}", stage.client, stage.store.saved());
    assert!(text.contains("***"), "{text}");
    for saved in stage.store.saved() {
        assert!(!text.contains(saved.token.reveal()), "{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn the_log_warns_of_the_logins_end_once_a_day() {
    let log = Log::default();
    let _guard = log.listen();
    let stage = Stage::new().await;
    stage.client.login(PASSWORD).await.unwrap();
    let warnings = || {
        log.text()
            .matches("the login to Ticketpark ends soon")
            .count()
    };
    // Ticketpark cannot be reached for weeks.
    let mut seen = Vec::new();
    for day in 1..=25 {
        stage.advance(TimeDelta::days(1));
        for _ in 0..3 {
            stage.pretend.fail_next(503);
            let _ = stage.client.tend().await;
            stage.store.put(RefreshToken {
                token: stage.store.saved()[0].token.clone(),
                obtained_at: stage.now() - TimeDelta::days(day),
            });
        }
        seen.push(warnings());
    }
    assert_eq!(&seen[20..], [0, 0, 1, 2, 3]);
}
