//! A peer that answers each connection with the next of the bytes it was given, whatever was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::DateTime;
use cuebook_ticketpark::{Client, RefreshToken};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{RecordingStore, pretended::client};

/// A peer with a script, and a client of it that has a refresh token.
pub(crate) struct Scripted {
    pub(crate) client: Client,
    requests: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Scripted {
    /// One answer a connection, in turn. An empty one closes the connection without a word, and when none is left the
    /// peer reads and keeps silent.
    pub(crate) async fn new(answers: Vec<Vec<u8>>, timeout: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut answers = answers.into_iter();
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                log.lock().unwrap().push(request);
                match answers.next() {
                    Some(answer) => {
                        // The client may hang up in the middle of a long answer.
                        let _ = stream.write_all(&answer).await;
                        let _ = stream.shutdown().await;
                    }
                    None => silent.push(stream),
                }
            }
        });
        let store = RecordingStore::default();
        store.put(RefreshToken {
            token: "canary-refresh-0".into(),
            obtained_at: DateTime::UNIX_EPOCH,
        });
        let now = Arc::new(|| DateTime::UNIX_EPOCH);
        Self {
            client: client(&url, Arc::new(store), now, timeout),
            requests,
            _tasks: tasks,
        }
    }

    /// What was asked: each request's head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

/// The answer to a token request; `number` tells the tokens apart.
pub(crate) fn tokens(number: u32) -> Vec<u8> {
    let body = format!(
        r#"{{"access_token":"canary-access-{number}","refresh_token":"canary-refresh-{number}","expires_in":600}}"#
    );
    answer("200 OK", "", &body)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return text,
            Ok(count) => request.extend_from_slice(&chunk[..count]),
        }
    }
}
