//! A mail server that we did not write: aiosmtpd, started as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A mail as it arrived.
pub(crate) struct Arrived {
    /// The sender of the SMTP envelope.
    pub(crate) from: String,
    /// Its recipients.
    pub(crate) to: Vec<String>,
    /// The message.
    pub(crate) bytes: Vec<u8>,
    /// Whether it came over TLS.
    pub(crate) encrypted: bool,
    /// Whether somebody had logged in.
    pub(crate) authenticated: bool,
    /// The client's port, which names the connection.
    pub(crate) connection: u64,
}

/// The server. It ends when dropped.
pub(crate) struct Aiosmtpd {
    child: Child,
    output: BufReader<ChildStdout>,
    port: u16,
}

/// A certificate for the loopback, as files and as PEM.
pub(crate) struct Certificate {
    _folder: tempfile::TempDir,
    chain: PathBuf,
    key: PathBuf,
    /// The certificate, to be trusted.
    pub(crate) pem: Vec<u8>,
}

impl Certificate {
    /// A new one that signs itself.
    pub(crate) fn new() -> Self {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = (
            folder.path().join("certificate.pem"),
            folder.path().join("key.pem"),
        );
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self {
            _folder: folder,
            chain,
            key,
            pem: made.cert.pem().into_bytes(),
        }
    }

    /// The arguments that make the server use it.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        vec![
            "--certificate".to_owned(),
            text(&self.chain),
            "--key".to_owned(),
            text(&self.key),
        ]
    }
}

impl Aiosmtpd {
    /// Starts it; `None`, with a line that says so, where it is not installed. With `CUEBOOK_TEST_REQUIRE_PEERS=1` that is a
    /// failure.
    pub(crate) fn start(arguments: &[String]) -> Option<Self> {
        if !is_installed() {
            #[expect(
                clippy::disallowed_methods,
                reason = "tests have no other configuration"
            )]
            let required =
                std::env::var("CUEBOOK_TEST_REQUIRE_PEERS").is_ok_and(|value| value == "1");
            assert!(!required, "python3 with aiosmtpd is required and missing");
            #[expect(clippy::print_stdout, reason = "a test that is left out says so")]
            {
                println!("skipped: python3 with aiosmtpd is missing");
            }
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/smtp_server.py");
        let mut child = Command::new("python3")
            .args(["-W", "ignore"])
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self {
            child,
            output,
            port,
        })
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The next mail. The server has written it down before it takes it.
    pub(crate) fn next(&mut self) -> Arrived {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Arrived {
            from: text(&json["from"]),
            to: json["to"].as_array().unwrap().iter().map(text).collect(),
            bytes: base64::Engine::decode(
                &base64::engine::general_purpose::STANDARD,
                text(&json["bytes"]),
            )
            .unwrap(),
            encrypted: json["encrypted"].as_bool().unwrap(),
            authenticated: json["authenticated"].as_bool().unwrap(),
            connection: json["peer"].as_u64().unwrap(),
        }
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_installed() -> bool {
    Command::new("python3")
        .args(["-c", "import aiosmtpd.smtp"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
