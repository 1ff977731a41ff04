//! A keep-alive HTTP/1.1 connection that sends prepared bytes and looks at the status of the answer (RFC 9112, as much as
//! answers with a `Content-Length` need).

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(1024),
        })
    }

    /// Sends a request and gives the status of its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(status) = status_if_whole(&self.buffer)? {
                return Ok(status);
            }
        }
    }
}

/// The status, once the answer has come to its end.
pub(super) fn status_if_whole(answer: &[u8]) -> io::Result<Option<u16>> {
    let Some(end) = head_end(answer) else {
        return Ok(None);
    };
    let head = &answer[..end];
    let length = content_length(head).unwrap_or(0);
    if answer.len() < end + length {
        return Ok(None);
    }
    let status = head.get(9..12).and_then(|text| str::from_utf8(text).ok());
    let status = status.and_then(|text| text.parse().ok());
    status.map(Some).ok_or(io::ErrorKind::InvalidData.into())
}

/// Where the body begins.
pub(crate) fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

/// The declared length of the body.
pub(crate) fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    head.split(|byte| *byte == b'\n')
        .find(|line| {
            line.get(..NAME.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(NAME))
        })
        .and_then(|line| str::from_utf8(&line[NAME.len()..]).ok())
        .and_then(|value| value.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_has_come() {
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok";
        for end in 0..answer.len() {
            assert_eq!(status_if_whole(&answer[..end]).unwrap(), None, "{end}");
        }
        assert_eq!(status_if_whole(answer).unwrap(), Some(202));
    }
}
