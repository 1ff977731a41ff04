//! A person whose data is everywhere, and another whose data stays. What must be found nowhere is a canary.

use std::fmt::Write as _;
use std::fs;

use cuebook_core::event::Event;
use cuebook_core::journal::StepRecord;
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::state::{StateChange, StateKey, StateScope};
use cuebook_core::{Account, EventId, Pid, Value};
use cuebook_store::{
    AcceptEvent, ClaimedRun, CompletedAs, KeptAnswer, NewPrivacyRequest, Person, PrivacyKind,
    PrivacyRequest, PrivacyRequestId, RepeatableRequest, Segment, SettledAs, Store, WaitUntil,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::script::{checkpoint, claim_one, mails, question};
use crate::stage::Stage;

/// The person, and what is theirs.
pub(super) const PERSON: &str = "9c1f2b7e-77aa-4c0d-8e21-canary000007";
pub(super) const EMAIL: &str = "Canary.Tweety@tomsons.example";
pub(super) const NAME: &str = "Tweety-Canary";
pub(super) const BOOKING: &str = "293299900001";
/// A booking that is theirs only by what Ticketpark answered.
pub(super) const FOLLOWED: &str = "293299900002";
/// Somebody else.
pub(super) const OTHER: &str = "293200000042";
pub(super) const OTHER_EMAIL: &str = "sylvester@tomsons.example";

/// What must be nowhere after an erasure by person or address.
pub(super) const CANARIES: &[&str] = &[
    PERSON,
    "canary.tweety@tomsons.example",
    NAME,
    BOOKING,
    FOLLOWED,
];

fn message(stage: &Stage, payload: &serde_json::Value, rules: &[&str]) -> AcceptEvent {
    let subject = payload["booking_pid"].as_str().unwrap_or_default();
    let accept = stage.booking(subject, rules);
    let body = serde_json::json!({"type": "new-booking", "payload": payload}).to_string();
    AcceptEvent {
        event: Event {
            body: body.into_bytes(),
            subject: Some(Pid::from(subject)),
            ..accept.event
        },
        ..accept
    }
}

/// Everything that is told of here. Gives the run that waits for the person.
pub(super) async fn lived(stage: &Stage, store: &Store) -> ClaimedRun {
    other(stage, store).await;
    let payload = serde_json::json!({
        "booking_pid": BOOKING, "person_pid": PERSON, "note": format!("{NAME} called"),
    });
    let accept = message(stage, &payload, &["new-booking/thanks", "new-booking/wait"]);
    store.accept_event(accept).await.unwrap();
    let runs = store.claim_runs(10).await.unwrap();
    let [done, waits]: [ClaimedRun; 2] = runs.try_into().unwrap();
    tells_all(stage, store, &done).await;
    suspend(stage, store, &waits).await;
    quarantined(stage, store).await;
    answered(store).await;
    waits
}

async fn other(stage: &Stage, store: &Store) {
    store
        .accept_event(stage.booking(OTHER, &["new-booking/thanks"]))
        .await
        .unwrap();
    let run = claim_one(store).await;
    let mut last = checkpoint(&run);
    last.steps.push(StepRecord {
        question: question("ticketpark::booking"),
        ..stage.step(0, Some(booking(OTHER, "other-person-1", OTHER_EMAIL)))
    });
    let segment = mails(1, &[OTHER_EMAIL]);
    store
        .complete_run(last, segment, CompletedAs::Completed)
        .await
        .unwrap();
    deliver(stage, store).await;
}

fn booking(pid: &str, person: &str, email: &str) -> Value {
    let customer = Value::from([
        ("pid", Value::from(person)),
        ("email", Value::from(email)),
        ("name", Value::from(NAME.replace("Tweety", "Some"))),
    ]);
    Value::from([("pid", Value::from(pid)), ("customer", customer)])
}

/// A run with all that a run can hold; its mail is delivered, and what is booked by it, too.
async fn tells_all(stage: &Stage, store: &Store, run: &ClaimedRun) {
    let mut last = checkpoint(run);
    last.steps.push(StepRecord {
        question: question("ticketpark::booking"),
        arguments: vec![Value::from(FOLLOWED)],
        ..stage.step(0, Some(booking(FOLLOWED, PERSON, &EMAIL.to_lowercase())))
    });
    last.steps.push(StepRecord {
        question: question("http::get"),
        ..stage.step(
            1,
            Some(Value::from(format!("{{\"to\":\"{NAME}\"}}").as_str())),
        )
    });
    last.logs.push(LogLine {
        key: "0".to_owned(),
        level: LogLevel::Info,
        message: format!("thanks {NAME}"),
        fields: Value::from([("mail", Value::from(EMAIL))]),
        at: stage.now(),
        line: Some(3),
    });
    let mut segment = mails(2, &[EMAIL]);
    for part in &mut segment.sends[0].0.parts {
        // As the real ones: a hash.
        "key-of-a-mail".clone_into(&mut part.key);
        // "Dear Tweety-Canary" and the address, in base64 and quoted-printable.
        part.body = format!(
            "To: {EMAIL}\r\nSubject: =?utf-8?q?Hello_Tweety=2DCanary?=\r\n\r\nQ2FuYXJ5LlR3ZWV0eUB0b21zb25zLmV4YW1wbGU=\r\n{NAME}"
        )
        .into_bytes();
    }
    segment.state.push(remembered());
    store
        .complete_run(last, segment, CompletedAs::Completed)
        .await
        .unwrap();
    deliver(stage, store).await;
    store
        .accept_event(message(
            stage,
            &serde_json::json!({"booking_pid": FOLLOWED}),
            &[],
        ))
        .await
        .unwrap();
}

/// What rules remember of the person.
fn remembered() -> (StateKey, StateChange) {
    let key = StateKey {
        account: Account::default(),
        scope: StateScope::Rule,
        rule: Some("new-booking/thanks".parse().unwrap()),
        subject: None,
        captured: false,
        key: format!("welcomed-{BOOKING}"),
    };
    (key, StateChange::Set(Value::from(NAME)))
}

async fn deliver(stage: &Stage, store: &Store) {
    for send in store.claim_sends(10).await.unwrap() {
        let settled = stage.settlement(&send, SettledAs::Done);
        store.settle_send(settled).await.unwrap();
    }
}

/// A run that waits, with a mail that has not left.
async fn suspend(stage: &Stage, store: &Store, run: &ClaimedRun) {
    let wait = WaitUntil {
        wake_at: stage.now() + chrono::TimeDelta::days(3),
        code: "sleep",
        reason: format!("sleeps for {NAME}"),
        forget: Vec::new(),
        event: None,
    };
    let mut segment: Segment = mails(0, &[EMAIL]);
    "key-of-another".clone_into(&mut segment.sends[0].0.parts[0].key);
    store
        .suspend_run(checkpoint(run), segment, wait)
        .await
        .unwrap();
}

async fn quarantined(stage: &Stage, store: &Store) {
    let mut broken = stage.booking("1", &[]);
    broken.event = Event {
        id: EventId(stage.id()),
        event_type: None,
        wire_type: None,
        subject: None,
        headers: vec![("x-from".to_owned(), EMAIL.to_owned())],
        body: format!("{{\"type\": \"x\", \"mail\": \"{EMAIL}\", \"name\": \"{NAME}\"")
            .into_bytes(),
        ..broken.event
    };
    broken.rejected = Some(format!("no JSON near {EMAIL}"));
    store.accept_event(broken).await.unwrap();
}

async fn answered(store: &Store) {
    let request = RepeatableRequest {
        caller: "k".to_owned(),
        key: "once".to_owned(),
        content: vec![b"POST".to_vec()],
    };
    store.begin_request(&request).await.unwrap();
    let answer = KeptAnswer {
        status: 201,
        headers: Vec::new(),
        body: format!("{{\"subject\":\"{BOOKING}\"}}"),
    };
    store.answer_request(&request, &answer).await.unwrap();
}

/// Who is searched for.
pub(super) fn by(person: Option<&str>, email: Option<&str>, booking: Option<&str>) -> Person {
    Person {
        person: person.map(str::to_owned),
        email: email.map(str::to_owned),
        booking: booking.map(str::to_owned),
    }
}

/// Asks for an erasure.
pub(super) async fn ask(store: &Store, person: Person, dry_run: bool) -> PrivacyRequestId {
    let request = NewPrivacyRequest {
        kind: PrivacyKind::Erasure,
        dry_run,
        person,
        requested_by: Some("k".to_owned()),
    };
    store.ask_privacy(&request).await.unwrap().0
}

/// Does what a worker does until nothing is left to do.
pub(super) async fn work(store: &Store) {
    while let Some(id) = store.claim_privacy().await.unwrap() {
        while store.advance_privacy(id).await.unwrap() {}
    }
}

pub(super) async fn erasure(store: &Store, id: PrivacyRequestId) -> PrivacyRequest {
    let found = store.privacy_request(PrivacyKind::Erasure, id).await;
    found.unwrap().unwrap()
}

/// All that stands in the database, in lower case: on SQLite the bytes of its files, on Postgres each column of each row as
/// text, bytes as hex.
pub(super) async fn everything(stage: &Stage) -> Vec<u8> {
    let Some(folder) = &stage.folder else {
        return rows(stage).await.to_lowercase().into_bytes();
    };
    let mut all = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        all.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    all.to_ascii_lowercase()
}

/// Each column of each row, as text.
pub(super) async fn rows(stage: &Stage) -> String {
    let db = stage.connect().await;
    let backend = db.get_database_backend();
    let names = match backend {
        DbBackend::Postgres => {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        }
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
    };
    let mut text = String::new();
    for table in db
        .query_all_raw(Statement::from_string(backend, names))
        .await
        .unwrap()
    {
        let table: String = table.try_get_by_index(0).unwrap();
        if table.starts_with("privacy_") || table == "nodes" {
            continue;
        }
        let sql = if backend == DbBackend::Postgres {
            format!("SELECT t::text FROM \"{table}\" t ORDER BY 1")
        } else {
            let columns = format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') FROM pragma_table_info('{table}')"
            );
            let row = db
                .query_one_raw(Statement::from_string(backend, columns))
                .await
                .unwrap();
            let columns: String = row.unwrap().try_get_by_index(0).unwrap();
            format!("SELECT {columns} FROM \"{table}\" ORDER BY 1")
        };
        for row in db
            .query_all_raw(Statement::from_string(backend, sql))
            .await
            .unwrap()
        {
            let row: String = row.try_get_by_index(0).unwrap();
            writeln!(text, "{table}: {row}").unwrap();
        }
    }
    db.close().await.unwrap();
    text
}

/// Whether `word` stands anywhere, as it is or as hex.
pub(super) fn holds(everything: &[u8], word: &str) -> bool {
    let word = word.to_lowercase();
    let mut hex = String::new();
    for byte in word.bytes() {
        write!(hex, "{byte:02x}").unwrap();
    }
    [word, hex].iter().any(|word| {
        let word = word.as_bytes();
        everything.windows(word.len()).any(|part| part == word)
    })
}

/// That no canary stands anywhere any more, and the other person's data does.
pub(super) async fn nothing_is_left(stage: &Stage, when: &str) {
    let everything = everything(stage).await;
    for canary in CANARIES {
        assert!(
            !holds(&everything, canary),
            "{canary} is still there {when}"
        );
    }
    for kept in [OTHER, OTHER_EMAIL, "other-person-1"] {
        assert!(holds(&everything, kept), "{kept} has gone {when}");
    }
}
