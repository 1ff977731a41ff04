//! A socket that a service manager holds: a restart refuses no webhook.

#![cfg(unix)]

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::folder::{Ended, Folder};
use crate::http;
use crate::server::LOG;

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":7}}"#;
const PATIENCE: Duration = Duration::from_secs(30);

/// What a service manager does: it holds the socket, hands it to each server, and hears how they stand.
struct Manager {
    folder: Folder,
    listener: TcpListener,
    heard: UnixDatagram,
}

impl Manager {
    fn new() -> Self {
        let folder = Folder::new();
        let heard = UnixDatagram::bind(folder.path("notify")).unwrap();
        heard.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            folder,
            listener: TcpListener::bind(("127.0.0.1", 0)).unwrap(),
            heard,
        }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// The command, to be started with `descriptor` as the first of `sockets` that are handed over.
    fn command(&self, descriptor: OwnedFd, sockets: u8) -> Command {
        let script =
            format!("exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS={sockets} exec \"$0\" serve");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &script, env!("CARGO_BIN_EXE_cuebook")])
            .current_dir(self.folder.path(""))
            .env_clear()
            .env("NOTIFY_SOCKET", self.folder.path("notify"))
            .stdin(Stdio::from(descriptor));
        command
    }

    /// Starts a server on the socket and waits until it says that it is ready.
    fn start(&self) -> Child {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path(LOG))
            .unwrap();
        let child = self
            .command(self.listener.try_clone().unwrap().into(), 1)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.hear("READY=1");
        child
    }

    /// Stops a server; it has ended well then.
    fn stop(&self, mut child: Child) {
        let kill = format!("kill -TERM {}", child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        self.hear("STOPPING=1");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                assert_eq!(status.code(), Some(0), "{}", self.folder.read(LOG));
                return;
            }
            assert!(Instant::now() < deadline, "the server did not stop");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn hear(&self, expected: &str) {
        let mut message = [0; 200];
        let length = self.heard.recv(&mut message).unwrap_or_else(|error| {
            panic!(
                "{expected} was never said ({error}):\n{}",
                self.folder.read(LOG)
            )
        });
        assert_eq!(String::from_utf8_lossy(&message[..length]).trim(), expected);
    }

    fn webhook(&self) -> String {
        let token = self.folder.read("data/hook.token");
        let length = BOOKING.len();
        format!(
            "POST /hooks/ticketpark/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{BOOKING}",
            token.trim()
        )
    }
}

fn answer(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        Ok(_) => answer,
        Err(error) => panic!("no answer: {error}"),
    }
}

#[test]
fn who_connects_while_no_server_runs_is_answered_by_the_next() {
    let manager = Manager::new();
    let first = manager.start();
    manager.stop(first);
    let mut waiting = TcpStream::connect(manager.address()).unwrap();
    waiting.write_all(manager.webhook().as_bytes()).unwrap();
    let second = manager.start();
    let said = answer(&mut waiting);
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
    manager.stop(second);
}

#[test]
fn of_webhooks_that_come_all_through_a_restart_each_is_answered_and_stored() {
    let manager = Manager::new();
    let first = manager.start();
    let (address, webhook) = (manager.address(), manager.webhook());
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let sender = thread::spawn(move || {
        let mut sent = 0;
        while stopped.try_recv().is_err() {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(webhook.as_bytes()).unwrap();
            let said = answer(&mut stream);
            assert!(said.starts_with("HTTP/1.1 202"), "webhook {sent}: {said:?}");
            sent += 1;
        }
        sent
    });
    manager.stop(first);
    let second = manager.start();
    stop.send(()).unwrap();
    let sent = sender.join().unwrap();
    assert!(sent > 1, "{sent} is too few to say something");
    let key = manager.folder.read("data/admin.key");
    let url = format!("http://{address}");
    let stats = http::request("GET", &url, "/api/v1/system", key.trim(), "");
    assert_eq!(stats.status, 200, "{stats:?}");
    manager.stop(second);
    let ended = manager.folder.run(&["doctor", "--json"], &[]);
    let told: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["books"]["events"], sent);
}

#[test]
fn what_cannot_be_listened_on_is_wrong_usage_and_says_so() {
    let manager = Manager::new();
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    };
    let file = File::create(manager.folder.path("file")).unwrap();
    let ended = run(&mut manager.command(file.into(), 1));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("ListenStream"), "{ended:?}");
    let listener = manager.listener.try_clone().unwrap();
    let ended = run(&mut manager.command(listener.into(), 2));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("listens on one"), "{ended:?}");
    let nothing = manager.heard.set_nonblocking(true);
    nothing.unwrap();
    assert_eq!(
        manager.heard.recv(&mut [0; 8]).unwrap_err().kind(),
        ErrorKind::WouldBlock,
        "nobody has said that it is ready"
    );
}

#[test]
fn variables_that_are_meant_for_another_process_are_left_alone() {
    let folder = Folder::new();
    let ended = folder.run(
        &["serve"],
        &[
            ("LISTEN_PID", "1"),
            ("LISTEN_FDS", "1"),
            ("CUEBOOK_LISTEN", "192.0.2.1:1"),
        ],
    );
    // It tries to listen on its own address, which this machine does not have.
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("192.0.2.1:1"), "{ended:?}");
}
