//! An HTTP server that behaves as told, well or badly, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What it does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Answers with these bytes and closes.
    Answer(Vec<u8>),
    /// Says nothing.
    Hang,
    /// Answers a byte at a time, for ever.
    Drip,
    /// Closes without an answer.
    Close,
    /// Resets the connection without an answer.
    Reset,
    /// Answers half of what it announces, and says nothing more.
    HalfAnswer,
    /// Sends a head without an end, a byte at a time.
    DripHead,
    /// Announces this many bytes and sends them until nobody reads.
    Endless(u64),
    /// Sends a chunked body until nobody reads.
    EndlessChunks,
}

/// The server. It ends when dropped.
pub(crate) struct HttpPeer {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

/// A whole answer with a body.
pub(crate) fn answer(status: &str, headers: &[&str], body: &str) -> Behaviour {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    Behaviour::Answer(format!("{head}\r\n{body}").into_bytes())
}

impl HttpPeer {
    /// Serves requests with these behaviours, one after the other; the last one stays.
    pub(crate) async fn start(behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let behaviours = Arc::new(Mutex::new(behaviours.into_iter().collect::<VecDeque<_>>()));
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let sent = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        {
            let (connections, requests, sent) = (
                Arc::clone(&connections),
                Arc::clone(&requests),
                Arc::clone(&sent),
            );
            tasks.spawn(async move {
                let mut serving = JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    connections.fetch_add(1, Ordering::SeqCst);
                    let (requests, sent) = (Arc::clone(&requests), Arc::clone(&sent));
                    let behaviours = Arc::clone(&behaviours);
                    serving.spawn(async move {
                        serve(stream, &behaviours, &requests, &sent).await;
                    });
                }
            });
        }
        Self {
            port,
            connections,
            requests,
            sent,
            _tasks: tasks,
        }
    }

    /// The URL of `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections it saw.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// What it was asked, head and body as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How many bytes of endless bodies it got rid of.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    behaviours: &Mutex<VecDeque<Behaviour>>,
    requests: &Mutex<Vec<String>>,
    sent: &AtomicUsize,
) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    requests.lock().unwrap().push(request);
    let behaviour = {
        let mut behaviours = behaviours.lock().unwrap();
        if behaviours.len() > 1 {
            behaviours.pop_front().unwrap()
        } else {
            behaviours.front().unwrap().clone()
        }
    };
    match behaviour {
        Behaviour::Answer(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Close => {}
        Behaviour::Reset => stream.set_zero_linger().unwrap(),
        Behaviour::HalfAnswer => {
            let half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
            let _ = stream.write_all(half).await;
            std::future::pending::<()>().await;
        }
        Behaviour::DripHead => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ").await;
            while stream.write_all(b".").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Behaviour::Drip => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
            let _ = stream.write_all(head).await;
            while stream.write_all(b".").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Behaviour::Endless(length) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            flood(&mut stream, head.as_bytes(), &vec![b'x'; 65_536], sent).await;
        }
        Behaviour::EndlessChunks => {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            let mut chunk = b"10000\r\n".to_vec();
            chunk.extend(std::iter::repeat_n(b'x', 65_536));
            chunk.extend_from_slice(b"\r\n");
            flood(&mut stream, head, &chunk, sent).await;
        }
    }
}

async fn flood(stream: &mut TcpStream, head: &[u8], piece: &[u8], sent: &AtomicUsize) {
    let _ = stream.write_all(head).await;
    while stream.write_all(piece).await.is_ok() {
        sent.fetch_add(piece.len(), Ordering::SeqCst);
    }
}

/// Head and body of a request with a length.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse::<usize>()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
