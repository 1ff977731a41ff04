//! A database that another process locks, that is damaged, that a second server wants, or whose disk is full.

mod disk;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use tokio::runtime::Runtime;

use crate::folder::Folder;
use crate::http::{self, Answer};
use crate::server::Server;
use disk::SmallDisk;

/// What nobody has a rule for: all that happens to it is that it is stored.
const BODY: &str = r#"{"type":"new-person","payload":{"person_pid":"1"}}"#;
/// How long the database may keep a webhook waiting, and how long a test machine may be slow.
const LOCKED: Duration = Duration::from_secs(5);
const SLOW: Duration = Duration::from_secs(2);

fn timed(ask: impl FnOnce() -> Answer) -> (Answer, Duration) {
    let begun = Instant::now();
    (ask(), begun.elapsed())
}

/// Asserts that a webhook was refused so that its sender tries again.
fn is_put_off(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    let after = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("retry-after: "));
    let seconds = after.and_then(|seconds| seconds.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| seconds > 0), "{answer:?}");
}

fn events(server: &Server) -> usize {
    let answer = server.get("/api/v1/events");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["items"].as_array().unwrap().len()
}

/// A server that was stopped in good order after it had stored an event.
fn used(folder: &Folder) {
    let server = Server::start(folder, &[], &[]);
    let token = folder.read("data/hook.token");
    assert_eq!(server.webhook(&token, BODY).status, 202);
    assert_eq!(server.terminate(), Some(0));
}

/// Holds the lock for writing, as a backup or a curious person might.
struct Lock(Runtime, DatabaseConnection);

impl Lock {
    fn take(folder: &Folder) -> Self {
        let runtime = Runtime::new().unwrap();
        let url = format!("sqlite://{}", folder.path("data/cuebook.db").display());
        let connection = runtime.block_on(async {
            let connection = Database::connect(url).await.unwrap();
            let lock = "BEGIN IMMEDIATE; INSERT INTO nodes VALUES (x'00', 0)";
            connection.execute_unprepared(lock).await.unwrap();
            connection
        });
        Self(runtime, connection)
    }

    fn release(self) {
        self.0.block_on(async {
            self.1.execute_unprepared("ROLLBACK").await.unwrap();
            self.1.close().await.unwrap();
        });
    }
}

#[test]
fn a_locked_database_puts_webhooks_off_after_five_seconds_and_is_used_again_by_itself() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &[]);
    let token = folder.read("data/hook.token");
    assert_eq!(server.webhook(&token, BODY).status, 202);

    let lock = Lock::take(&folder);
    let (url, path) = (&server.url, format!("/hooks/ticketpark/{}", token.trim()));
    thread::scope(|scope| {
        // Those that come while others wait already wait no longer than these.
        let waiting: Vec<_> = [0, 500, 2500]
            .map(Duration::from_millis)
            .into_iter()
            .map(|after| {
                let path = &path;
                scope.spawn(move || {
                    thread::sleep(after);
                    timed(|| http::request("POST", url, path, "", BODY))
                })
            })
            .collect();
        let (answer, took) = timed(|| server.get("/api/v1/events"));
        assert_eq!(answer.status, 200, "reading goes on: {answer:?}");
        assert!(took < SLOW, "{took:?}");
        for webhook in waiting {
            let (answer, took) = webhook.join().unwrap();
            is_put_off(&answer);
            assert!(took < LOCKED + SLOW, "{took:?}");
        }
    });
    lock.release();

    let (answer, took) = timed(|| server.webhook(&token, BODY));
    assert_eq!(answer.status, 202, "{answer:?}");
    assert!(took < SLOW, "{took:?}");
    assert_eq!(events(&server), 2, "what was put off is not stored");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn a_damaged_database_is_refused_in_clear_words_and_left_as_it_is() {
    let folder = Folder::new();
    used(&folder);
    let path = folder.path("data/cuebook.db");
    assert!(!folder.path("data/cuebook.db-wal").exists());
    let good = fs::read(&path).unwrap();
    let page = 4096;
    let mut pages = good.clone();
    pages[page..].fill(0xa5);
    let half = good[..good.len() / 2 + 100].to_vec();
    let no_database = b"This is a letter, and no database.\n".repeat(1000);
    for (what, damaged) in [
        ("pages", pages),
        ("half", half),
        ("something else", no_database),
    ] {
        fs::write(&path, &damaged).unwrap();
        let ended = folder.run(&["serve"], &[("CUEBOOK_LISTEN", "127.0.0.1:0")]);
        assert_eq!(ended.code, 3, "{what}: {ended:?}");
        assert!(ended.stderr.contains("damaged"), "{what}: {ended:?}");
        assert!(
            ended.stderr.contains("restore a backup"),
            "{what}: {ended:?}"
        );
        assert!(
            fs::read(&path).unwrap() == damaged,
            "{what}: it was changed"
        );
    }
    fs::write(&path, &good).unwrap();
    let server = Server::start(&folder, &[], &[]);
    assert_eq!(events(&server), 1);
}

#[test]
fn a_second_server_on_the_same_file_is_refused_and_the_first_goes_on() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &[]);
    let ended = folder.run(&["serve"], &[("CUEBOOK_LISTEN", "127.0.0.1:0")]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.stderr.contains("another process uses the database"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("cuebook.db"), "{ended:?}");
    let token = folder.read("data/hook.token");
    assert_eq!(server.webhook(&token, BODY).status, 202);
    assert_eq!(events(&server), 1);
}

#[test]
fn a_full_disk_puts_webhooks_off_at_once_reading_goes_on_and_room_is_used_again() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::mount(&folder.path("data")) else {
        return;
    };
    // To the last byte: without a reserve.
    let server = Server::start(&folder, &[], &[("CUEBOOK_DISK_RESERVE", "0")]);
    let token = folder.read("data/hook.token");
    let large = format!(
        r#"{{"type":"new-person","payload":{{"person_pid":"1","note":"{}"}}}}"#,
        "x".repeat(200_000)
    );
    assert_eq!(server.webhook(&token, &large).status, 202);
    disk.fill();

    // There may be some room left in the database's own files, and more where it tidies them up.
    let (mut stored, mut put_off) = (1, 0);
    while put_off < 5 {
        let (answer, took) = timed(|| server.webhook(&token, &large));
        assert!(took < Duration::from_secs(1), "{took:?}");
        if answer.status == 202 {
            stored += 1;
        } else {
            is_put_off(&answer);
            put_off += 1;
        }
        assert!(stored < 300, "the disk never gets full");
    }
    assert_eq!(events(&server), stored.min(100), "reading goes on");
    assert_eq!(server.get("/healthz").status, 200);

    disk.make_room();
    let (answer, took) = timed(|| server.webhook(&token, &large));
    assert_eq!(answer.status, 202, "{answer:?}");
    assert!(took < SLOW, "{took:?}");
    assert_eq!(server.terminate(), Some(0));
    let server = Server::start(&folder, &[], &[]);
    assert_eq!(events(&server), (stored + 1).min(100));
    drop(server);
    disk.unmount();
}

#[test]
fn a_disk_with_less_than_its_reserve_puts_webhooks_off_before_it_is_full_and_recovers_by_itself() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::mount(&folder.path("data")) else {
        return;
    };
    let server = Server::start(&folder, &[], &[("CUEBOOK_DISK_RESERVE", "16MiB")]);
    let token = folder.read("data/hook.token");
    assert_eq!(server.webhook(&token, BODY).status, 202);
    assert_eq!(server.get("/readyz").status, 200);
    let until = |status: u16| {
        let deadline = Instant::now() + SLOW;
        loop {
            let answer = server.webhook(&token, BODY);
            if answer.status == status {
                return answer;
            }
            assert!(Instant::now() < deadline, "{answer:?}");
            thread::sleep(Duration::from_millis(20));
        }
    };

    disk.fill_but(10 << 20);
    let answer = until(503);
    is_put_off(&answer);
    let words = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(words.contains("nearly full"), "{words}");
    let ready = server.get("/readyz");
    assert_eq!(ready.status, 503);
    assert!(
        String::from_utf8_lossy(&ready.body).contains("disk"),
        "{ready:?}"
    );
    assert_eq!(server.get("/healthz").status, 200);
    // What is under way can still be written down.
    let paused = folder.run(&["pause"], &[]);
    assert_eq!(paused.code, 0, "{paused:?}");

    disk.make_room();
    until(202);
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.terminate(), Some(0));
    disk.unmount();
}
