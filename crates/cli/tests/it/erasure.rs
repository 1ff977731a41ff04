//! A person's data through the real binary: exported, erased although the process is killed, and erased again after a
//! restore.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::folder::Folder;
use crate::server::{LOG, Server};

/// What has to be found nowhere.
const CANARIES: [&str; 4] = [
    "canary-person-8812990017",
    "canary.bird@tweety.example",
    "Canary-Birdsong",
    "299912345678",
];
const OTHER: [&str; 2] = ["somebody-else-77120034", "sylvester@cat.example"];

const RULE: &str = r#"//! Asks, tells, remembers, and waits.

let answer = http::post("http://PEER/echo", #{ name: event.payload.name, mail: event.payload.mail });
log::info(`asked for ${event.payload.name}`, #{ mail: event.payload.mail, answer: answer.body });
state::set("last-" + event.payload.person_pid, event.payload.name, "rule");
email::send(#{
    to: event.payload.mail,
    subject: `Grüezi ${event.payload.name}`,
    text: `Grüezi ${event.payload.name}, wir haben ${event.payload.mail} und ${event.payload.booking_pid} notiert.`,
});
sleep("10d");
log::info("never");
"#;

/// A server that says back what it was told.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(stream: TcpStream) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        let stream = reader.get_mut();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
    }
}

fn message(person: &str, mail: &str, name: &str, booking: &str) -> String {
    json!({"type": "guest-checked-in", "payload": {
        "booking_pid": booking, "person_pid": person, "mail": mail, "name": name,
    }})
    .to_string()
}

fn prepared() -> Folder {
    let folder = Folder::new();
    let rule = RULE.replace("PEER", &echo().to_string());
    folder.write("rules/guest-checked-in/notes.rhai", &rule);
    folder
}

const ENVIRONMENT: [(&str, &str); 2] = [
    ("CUEBOOK_EGRESS_ALLOW", "127.0.0.1"),
    ("CUEBOOK_DEFAULT_LOCALE", "de"),
];

/// Several events of the person and of somebody else, all of whose runs wait.
fn live(folder: &Folder, server: &Server) {
    let token = folder.read("data/hook.token");
    let [person, mail, name, booking] = CANARIES;
    for number in 0..10 {
        let body = message(person, &mail.to_uppercase(), name, booking);
        assert_eq!(server.webhook(&token, &body).status, 202);
        let other = format!("2000000000{number:02}");
        let body = message(OTHER[0], OTHER[1], "Sylvester", &other);
        assert_eq!(server.webhook(&token, &body).status, 202);
    }
    server.wait_for("/api/v1/runs?state=waiting&limit=100", |runs| {
        (runs["items"].as_array()?.len() == 20).then_some(())
    });
}

/// All bytes of all files in the data folder, in lower case.
fn bytes_in(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_in(&path));
        } else {
            all.extend(fs::read(path).unwrap());
        }
    }
    all.to_ascii_lowercase()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    let word = word.to_lowercase();
    bytes
        .windows(word.len())
        .any(|part| part == word.as_bytes())
}

fn nothing_is_left(folder: &Folder, when: &str) {
    let bytes = bytes_in(&folder.path("data"));
    for canary in CANARIES {
        assert!(!holds(&bytes, canary), "{canary} is still there {when}");
    }
    for kept in OTHER {
        assert!(holds(&bytes, kept), "{kept} has gone {when}");
    }
}

fn erasure(server: &Server) -> Json {
    server.wait_for("/api/v1/erasures", |list| {
        let newest = &list["items"][0];
        let over = !matches!(newest["state"].as_str(), Some("pending" | "running"));
        over.then(|| newest.clone())
    })
}

#[test]
fn of_an_erased_person_no_byte_is_left_although_the_process_is_killed_meanwhile() {
    let folder = prepared();
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    live(&folder, &server);
    let [person, mail, ..] = CANARIES;
    let names = ["--person", person, "--email", mail];

    let exported = folder.run(&[&["export"], &names[..]].concat(), &ENVIRONMENT);
    assert_eq!(exported.code, 0, "{exported:?}");
    let data: Json = serde_json::from_str(&exported.stdout).unwrap();
    assert_eq!(data["events"].as_array().unwrap().len(), 10);
    assert_eq!(data["runs"].as_array().unwrap().len(), 10);
    for canary in CANARIES {
        assert!(
            holds(exported.stdout.to_lowercase().as_bytes(), canary),
            "{canary}"
        );
    }
    assert!(!holds(exported.stdout.as_bytes(), OTHER[0]));

    let looked = folder.run(
        &[&["erase", "--dry-run"], &names[..]].concat(),
        &ENVIRONMENT,
    );
    assert_eq!(looked.code, 0, "{looked:?}");
    assert!(looked.stdout.contains("10 events"), "{looked:?}");
    assert!(looked.stdout.contains("nothing was changed"), "{looked:?}");
    assert!(
        looked.stdout.contains("127.0.0.1"),
        "who had received it: {looked:?}"
    );
    assert!(holds(&bytes_in(&folder.path("data")), person));

    let asked = folder.run(&[&["erase", "--detach"], &names[..]].concat(), &ENVIRONMENT);
    assert_eq!(asked.code, 0, "{asked:?}");
    server.kill();
    for milliseconds in [5, 20, 60] {
        let server = Server::start(&folder, &[], &ENVIRONMENT);
        thread::sleep(Duration::from_millis(milliseconds));
        server.kill();
    }
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    let done = erasure(&server);
    assert_eq!(done["state"], "completed", "{done:#}");
    assert_eq!(done["found"]["events"], 10, "{done:#}");
    nothing_is_left(&folder, "while the server runs");
    let waiting = server.get("/api/v1/runs?state=waiting&limit=100").json();
    assert_eq!(
        waiting["items"].as_array().unwrap().len(),
        10,
        "of the other person"
    );
    let cancelled = server.get("/api/v1/runs?state=cancelled&limit=100").json();
    assert_eq!(cancelled["items"].as_array().unwrap().len(), 10);
    assert_eq!(cancelled["items"][0]["reason"], "erased");
    let id = cancelled["items"][0]["event_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let replayed = folder.run(&["events", "replay", &id], &ENVIRONMENT);
    assert_eq!(replayed.code, 2, "{replayed:?}");
    assert!(replayed.stderr.contains("erased"), "{replayed:?}");
    let doctor = folder.run(&["doctor"], &ENVIRONMENT);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert_eq!(server.terminate(), Some(0));
    nothing_is_left(&folder, "once the server has ended");
    let log = folder.read(LOG).to_lowercase();
    for canary in CANARIES {
        assert!(!log.contains(&canary.to_lowercase()), "{canary} in the log");
    }
}

#[test]
fn what_was_erased_is_erased_again_when_an_older_database_is_put_back() {
    let folder = prepared();
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    live(&folder, &server);
    assert_eq!(server.terminate(), Some(0));
    let (file, copy) = (folder.path("data/cuebook.db"), folder.path("old.db"));
    fs::copy(&file, &copy).unwrap();
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    let names = ["erase", "--person", CANARIES[0], "--email", CANARIES[1]];
    let erased = folder.run(&names, &ENVIRONMENT);
    assert_eq!(erased.code, 0, "{erased:?}");
    nothing_is_left(&folder, "after the erasure");
    assert_eq!(server.terminate(), Some(0));

    fs::copy(&copy, &file).unwrap();
    assert!(holds(&bytes_in(&folder.path("data")), CANARIES[1]));
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    nothing_is_left(&folder, "as soon as the restored server answers");
    assert_eq!(server.terminate(), Some(0));
}
