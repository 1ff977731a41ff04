//! An SMTP server that misbehaves as told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Where in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Greeting,
    Hello,
    Login,
    From,
    To,
    Data,
    Message,
    Dot,
    Noop,
}

/// What it does there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// Answers this.
    Answer(&'static str),
    /// Says nothing more.
    Stall,
    /// Closes the connection.
    Drop,
}

/// What it has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Connections.
    pub(crate) connections: usize,
    /// Commands, of all connections.
    pub(crate) commands: Vec<String>,
    /// Messages that came whole, up to the dot.
    pub(crate) messages: Vec<String>,
}

/// The server. It ends when dropped.
pub(crate) struct SmtpPeer {
    port: u16,
    seen: Arc<Mutex<Seen>>,
    _tasks: JoinSet<()>,
}

impl SmtpPeer {
    /// Starts it with one trouble, or with none.
    pub(crate) async fn start(trouble: Option<(Stage, Trouble)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut tasks = JoinSet::new();
        {
            let seen = Arc::clone(&seen);
            tasks.spawn(async move {
                let mut serving = JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    seen.lock().unwrap().connections += 1;
                    let conversation = Conversation {
                        stream: BufReader::new(stream),
                        trouble,
                        seen: Arc::clone(&seen),
                    };
                    serving.spawn(async move {
                        // A client that goes away ends its conversation.
                        let _ = conversation.hold().await;
                    });
                }
            });
        }
        Self {
            port,
            seen,
            _tasks: tasks,
        }
    }

    /// Its URL, with options behind it.
    pub(crate) fn url(&self, login: &str, options: &str) -> String {
        format!("smtp://{login}127.0.0.1:{}{options}", self.port)
    }

    /// What it has seen.
    pub(crate) fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

struct Conversation {
    stream: BufReader<TcpStream>,
    trouble: Option<(Stage, Trouble)>,
    seen: Arc<Mutex<Seen>>,
}

impl Conversation {
    async fn hold(mut self) -> std::io::Result<()> {
        self.answer(Stage::Greeting, "220 peer ready").await?;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().commands.push(line.clone());
            let verb = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let usual = "250-peer\r\n250 AUTH PLAIN LOGIN";
                    self.answer(Stage::Hello, usual).await?;
                }
                "AUTH" => self.answer(Stage::Login, "235 welcome").await?,
                "MAIL" => self.answer(Stage::From, "250 ok").await?,
                "RCPT" => self.answer(Stage::To, "250 ok").await?,
                "DATA" => {
                    self.answer(Stage::Data, "354 go on").await?;
                    self.message().await?;
                }
                "NOOP" => self.answer(Stage::Noop, "250 ok").await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(());
                }
                _ => self.say("250 ok").await?,
            }
        }
    }

    async fn message(&mut self) -> std::io::Result<()> {
        let mut message = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == ".\r\n" {
                break;
            }
            message.push_str(&line);
            self.misbehave(Stage::Message).await?;
        }
        self.seen.lock().unwrap().messages.push(message);
        self.answer(Stage::Dot, "250 kept as number 42").await
    }

    async fn answer(&mut self, stage: Stage, usual: &str) -> std::io::Result<()> {
        match self.trouble {
            Some((at, Trouble::Answer(answer))) if at == stage => self.say(answer).await,
            _ => {
                self.misbehave(stage).await?;
                self.say(usual).await
            }
        }
    }

    async fn misbehave(&mut self, stage: Stage) -> std::io::Result<()> {
        match self.trouble {
            Some((at, Trouble::Stall)) if at == stage => std::future::pending().await,
            Some((at, Trouble::Drop)) if at == stage => {
                Err(std::io::Error::other("dropped as told"))
            }
            _ => Ok(()),
        }
    }

    async fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.stream
            .write_all(format!("{line}\r\n").as_bytes())
            .await
    }
}
