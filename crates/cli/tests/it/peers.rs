//! The other side of a rule's effects: an HTTP server and a mail server on loopback that keep what they get.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a peer got, in order.
#[derive(Clone, Default)]
pub(crate) struct Got(Arc<Mutex<Vec<String>>>);

impl Got {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn push(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

/// A peer.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) got: Got,
}

impl Peer {
    /// Answers each HTTP request with 200 and keeps it.
    pub(crate) fn http() -> Self {
        Self::start(speak_http)
    }

    /// Takes every mail and keeps it.
    pub(crate) fn smtp() -> Self {
        Self::start(speak_smtp)
    }

    fn start(speak: fn(TcpStream, &Got) -> std::io::Result<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            got: Got::default(),
        };
        let got = peer.got.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let got = got.clone();
                // A connection that ends in the middle is the test's doing.
                thread::spawn(move || drop(speak(stream, &got)));
            }
        });
        peer
    }
}

fn speak_http(stream: TcpStream, got: &Got) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or(0);
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    got.push(format!("{head}\r\n{}", String::from_utf8_lossy(&body)));
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    reader.get_mut().write_all(answer)
}

/// RFC 5321, as little of it as a client needs.
fn speak_smtp(stream: TcpStream, got: &Got) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    reader.get_mut().write_all(b"220 peer ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or("").to_uppercase().as_str() {
            "EHLO" => b"250-peer\r\n250 8BITMIME\r\n",
            "DATA" => {
                reader.get_mut().write_all(b"354 go on\r\n")?;
                got.push(read_mail(&mut reader)?);
                b"250 2.0.0 taken\r\n"
            }
            "QUIT" => return reader.get_mut().write_all(b"221 bye\r\n"),
            _ => b"250 ok\r\n",
        };
        reader.get_mut().write_all(answer)?;
    }
}

fn read_mail(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
