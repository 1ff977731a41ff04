//! Logging in at Ticketpark while the server runs.

use std::sync::{Arc, Mutex};

use cuebook_core::secret::SecretText;
use cuebook_server::{LoginAnswer, LoginError, TicketparkLogin};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running, problem};

/// Lets in with one password.
#[derive(Default)]
struct Door {
    asked: Mutex<u32>,
}

impl TicketparkLogin for Door {
    fn username(&self) -> &'static str {
        "office"
    }

    fn log_in(&self, password: SecretText) -> LoginAnswer<'_> {
        *self.asked.lock().unwrap() += 1;
        Box::pin(async move {
            match password.reveal() {
                "right" => Ok(()),
                "down" => Err(LoginError::Unavailable("the hidden cause".to_owned())),
                _ => Err(LoginError::Refused),
            }
        })
    }
}

async fn log_in(running: &Running, password: &str) -> Response {
    let body = json!({"password": password});
    let path = "/api/v1/ticketpark/login";
    running
        .send(Method::POST, CONFIGURED_KEY, path, Some(body))
        .await
}

#[tokio::test]
async fn an_administrator_logs_in_and_is_told_what_is_wrong() {
    let door = Arc::new(Door::default());
    let running = Running::with_login(door.clone()).await;
    let response = log_in(&running, "right").await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Json = response.json().await.unwrap();
    assert_eq!(answer["username"], "office");
    problem(log_in(&running, "wrong").await, "login_refused").await;
    let down = problem(log_in(&running, "down").await, "ticketpark_unavailable").await;
    assert!(!down.to_string().contains("hidden"));
    problem(log_in(&running, "").await, "invalid_body").await;
    assert_eq!(*door.asked.lock().unwrap(), 3);
    let (_, log) = running.get(CONFIGURED_KEY, "/api/v1/audit").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
    assert_eq!(log["items"][0]["operation"], "log_in_ticketpark");
}

#[tokio::test]
async fn without_a_configured_client_nobody_logs_in() {
    let running = Running::start().await;
    problem(log_in(&running, "right").await, "wrong_state").await;
}
