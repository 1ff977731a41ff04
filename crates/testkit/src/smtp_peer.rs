//! A mail server that records what it is given (RFC 5321, as much as a client needs).

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::waiting::eventually;

/// A mail that reached the peer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's receivers.
    pub to: Vec<String>,
    /// The message, dots unstuffed.
    pub message: String,
}

impl Mail {
    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> String {
        let head = self.message.split("\r\n\r\n").next().unwrap_or_default();
        // RFC 5322, 2.2.3: a line that begins with a blank continues the one before.
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let found = unfolded.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            let is_it = found.eq_ignore_ascii_case(name);
            is_it.then(|| value.trim().to_owned())
        });
        found.unwrap_or_default()
    }

    /// The key of the effect behind it: the left part of its `Message-ID`.
    pub fn key(&self) -> String {
        let id = self.header("message-id");
        let left = id.split('@').next().unwrap_or_default();
        left.trim_start_matches('<').to_owned()
    }
}

/// A mail server on loopback. It ends when it is dropped.
pub struct SmtpPeer {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    _stop: DropGuard,
}

impl SmtpPeer {
    /// Starts a peer that takes every mail.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mails = Arc::new(Mutex::new(Vec::new()));
        let stop = CancellationToken::new();
        let tracker = TaskTracker::new();
        let serving = serve(listener, mails.clone(), tracker.clone(), stop.clone());
        tracker.spawn(stop.clone().run_until_cancelled_owned(serving));
        Ok(Self {
            address,
            mails,
            _stop: stop.drop_guard(),
        })
    }

    /// Its URL, as `smtp.url` takes it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What has reached it, in order.
    pub fn mails(&self) -> Vec<Mail> {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.clone()
    }

    /// Waits until `count` mails have come, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let what = format!("{count} mails");
        eventually(&what, async || {
            Some(self.mails()).filter(|mails| mails.len() >= count)
        })
        .await
    }
}

async fn serve(
    listener: TcpListener,
    mails: Arc<Mutex<Vec<Mail>>>,
    tracker: TaskTracker,
    stop: CancellationToken,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let mails = mails.clone();
        let talk = async move {
            // A client that hangs up in the middle has sent no mail.
            let _ = talk(stream, &mails).await;
        };
        tracker.spawn(stop.clone().run_until_cancelled_owned(talk));
    }
}

async fn talk(stream: TcpStream, mails: &Mutex<Vec<Mail>>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut mail = Mail::default();
    say(&mut stream, "220 peer").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "MAIL" => {
                mail = Mail {
                    from: address(line),
                    ..Mail::default()
                };
                "250 ok"
            }
            "RCPT" => {
                mail.to.push(address(line));
                "250 ok"
            }
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                mail.message = data(&mut stream).await?;
                let mut mails = mails.lock().unwrap_or_else(PoisonError::into_inner);
                mails.push(std::mem::take(&mut mail));
                "250 taken"
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => "250 ok",
        };
        say(&mut stream, answer).await?;
    }
}

async fn data(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let begin = bytes.len();
        if stream.read_until(b'\n', &mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &bytes[begin..] {
            b".\r\n" => {
                bytes.truncate(begin);
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
            // RFC 5321, 4.5.2: a leading dot was doubled.
            [b'.', ..] => drop(bytes.remove(begin)),
            _ => {}
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await
}

fn address(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}
