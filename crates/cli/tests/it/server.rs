//! A running `cuebook serve`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::folder::Folder;
use crate::http::{self, Answer};

/// Where a server's log goes, in its folder.
pub(crate) const LOG: &str = "serve.log";
/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, killed when the test forgets it.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) banner: String,
    key: String,
    lines: Receiver<String>,
}

impl Server {
    /// Starts one on a free port and waits until it is ready.
    pub(crate) fn start(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut all = vec!["serve"];
        all.extend(arguments);
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.path(LOG))
            .unwrap();
        let mut child = folder
            .command(&all, environment)
            .env("CUEBOOK_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let lines = lines_of(&mut child);
        let mut banner = String::new();
        let url = loop {
            let line = lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no server; it printed:\n{banner}{}", folder.read(LOG)));
            banner.push_str(&line);
            banner.push('\n');
            let place = ["docs", "health"]
                .iter()
                .find_map(|row| line.trim().strip_prefix(row));
            if let Some((url, _)) = place.and_then(|place| place.trim().rsplit_once('/')) {
                break url.to_owned();
            }
        };
        // The rest of the banner comes in one piece with that line.
        while let Ok(line) = lines.recv_timeout(Duration::from_millis(100)) {
            banner.push_str(&line);
            banner.push('\n');
        }
        Self {
            key: folder.read("data/admin.key").trim().to_owned(),
            child,
            url,
            banner,
            lines,
        }
    }

    /// Asks the API.
    pub(crate) fn get(&self, path: &str) -> Answer {
        http::request("GET", &self.url, path, &self.key, "")
    }

    /// Asks the API again and again until `found` finds what it looks for.
    pub(crate) fn wait_for<T>(&self, path: &str, found: impl Fn(&Json) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path);
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            let json = answer.json();
            if let Some(found) = found(&json) {
                return found;
            }
            assert!(Instant::now() < deadline, "not in {json:#}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Delivers a webhook.
    pub(crate) fn webhook(&self, token: &str, body: &str) -> Answer {
        let path = format!("/hooks/ticketpark/{}", token.trim());
        http::request("POST", &self.url, &path, "", body)
    }

    /// Says stop, and gives back the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id();
        let told = Command::new("sh")
            .args(["-c", &format!("kill -TERM {pid}")])
            .status()
            .unwrap();
        assert!(told.success());
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the server did not stop");
    }

    /// Ends the process in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        while self.lines.try_recv().is_ok() {}
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
