//! What was asked, for the expectations of tests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::Value as Json;

/// No more is remembered, so that a demo may run for as long as it likes.
const LENGTH: usize = 10_000;

/// One request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestLog {
    /// The method.
    pub method: String,
    /// Path and query as sent.
    pub path_and_query: String,
    /// The JSON body; `null` where there was none, and for token requests, which hold a password.
    pub body: Json,
}

/// The latest requests, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<VecDeque<RequestLog>>);

impl Requests {
    pub(crate) fn push(&self, request: RequestLog) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == LENGTH {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<RequestLog> {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().cloned().collect()
    }
}
