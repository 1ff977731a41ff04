//! What a worker would do, in short words.

use cuebook_core::effect::{Attempt, AttemptOutcome, EffectState};
use cuebook_core::event::{Event, Origin};
use cuebook_core::events::EventType;
use cuebook_core::journal::{Question, SendRequest, StepKind, StepPath, StepRecord, digest};
use cuebook_core::rule::{RuleOptions, VersionHash};
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::{Account, EventId, Pid, RunId, Value};
use cuebook_store::{
    AcceptEvent, Checkpoint, ClaimedRun, CompletedAs, RuleStart, Segment, SettledAs, Settlement,
    Store,
};

use crate::stage::Stage;

impl Stage {
    /// A `new-booking` about `subject`, with a run in its lane for each of `rules`.
    pub(crate) fn booking(&self, subject: &str, rules: &[&str]) -> AcceptEvent {
        let body = format!(r#"{{"type":"new-booking","payload":{{"booking_pid":"{subject}"}}}}"#);
        AcceptEvent {
            event: Event {
                id: EventId(self.id()),
                account: Account::default(),
                event_type: Some(EventType::from_wire("new-booking")),
                wire_type: Some("new-booking".to_owned()),
                subject: Some(Pid::from(subject)),
                origin: Origin::Webhook,
                received_at: self.now(),
                headers: vec![("user-agent".to_owned(), "Ticketpark".to_owned())],
                body: body.into_bytes(),
                capture: false,
                parent: None,
                depth: 0,
                trust: cuebook_core::event::Trust::Token,
            },
            rejected: None,
            rules: rules
                .iter()
                .map(|rule| RuleStart::new(rule.parse().unwrap(), &RuleOptions::default()))
                .collect(),
        }
    }

    /// A step that was answered with `answer`, or an intent.
    pub(crate) fn step(&self, path: u32, answer: Option<Value>) -> StepRecord {
        StepRecord {
            path: StepPath::top(path),
            question: question("http::post"),
            kind: StepKind::Write,
            arguments: vec![Value::from("https://example.test/")],
            ended_at: answer.as_ref().map(|_| self.now()),
            answer: answer.map(Ok),
            wake_at: None,
            line: Some(3),
            started_at: self.now(),
            attempts: 1,
        }
    }

    pub(crate) fn attempt(&self, number: u32, outcome: AttemptOutcome) -> Attempt {
        Attempt {
            number,
            started_at: self.now(),
            ended_at: self.now(),
            outcome,
            status: Some(250),
            error: None,
            answer: Some("ok".to_owned()),
        }
    }

    pub(crate) fn settlement(
        &self,
        send: &cuebook_store::ClaimedSend,
        outcome: SettledAs,
    ) -> Settlement {
        let word = match outcome {
            SettledAs::Done => AttemptOutcome::Done,
            SettledAs::Failed => AttemptOutcome::Failed,
            SettledAs::Unknown => AttemptOutcome::Unknown,
            SettledAs::RetryAt(_) => AttemptOutcome::Retry,
        };
        Settlement {
            id: send.id,
            fence: send.fence,
            attempt: self.attempt(send.attempts + 1, word),
            outcome,
        }
    }
}

pub(crate) fn question(function: &str) -> Question {
    Question {
        function: function.to_owned(),
        digest: digest(&[]),
    }
}

pub(crate) fn version() -> VersionHash {
    VersionHash("v1".repeat(32))
}

pub(crate) fn checkpoint(claimed: &ClaimedRun) -> Checkpoint {
    Checkpoint::new(claimed.run.id, claimed.fence, version())
}

/// A mail to each of `targets`, sent at step `path`.
pub(crate) fn mails(path: u32, targets: &[&str]) -> Segment {
    let parts = targets.iter().zip(0..).map(|(target, part)| PreparedSend {
        part,
        route: Route::Outbox,
        target: (*target).to_owned(),
        key: format!("key-{path}-{part}-{target}"),
        envelope: serde_json::json!({ "to": target }),
        body: b"Subject: \xc3\xa4\r\n\r\n\x00".to_vec(),
    });
    let send = SendRequest {
        path: StepPath::top(path),
        question: question("email::send"),
        arguments: Vec::new(),
        line: Some(7),
        parts: parts.collect(),
    };
    Segment {
        sends: vec![(send, EffectState::Pending)],
        ..Segment::default()
    }
}

/// Accepts an event with one rule and claims its run.
pub(crate) async fn running(stage: &Stage, store: &Store, subject: &str) -> ClaimedRun {
    let event = stage.booking(subject, &["new-booking/thanks"]);
    store.accept_event(event).await.unwrap();
    claim_one(store).await
}

/// Claims the one run that is ready.
pub(crate) async fn claim_one(store: &Store) -> ClaimedRun {
    let mut claimed = store.claim_runs(10).await.unwrap();
    assert_eq!(claimed.len(), 1, "one run is ready");
    claimed.remove(0)
}

/// Ends a run without sends.
pub(crate) async fn complete(store: &Store, claimed: &ClaimedRun) {
    store
        .complete_run(
            checkpoint(claimed),
            Segment::default(),
            CompletedAs::Completed,
        )
        .await
        .unwrap();
}

pub(crate) async fn ready_ids(store: &Store) -> Vec<RunId> {
    let claimed = store.claim_runs(100).await.unwrap();
    claimed.iter().map(|claimed| claimed.run.id).collect()
}
