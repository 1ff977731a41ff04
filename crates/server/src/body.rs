//! Reading a request's body within a size and a time, whether its length was declared or it comes in chunks.

use std::time::Duration;

use futures::StreamExt;
use poem::http::header;
use poem::{Body, Request};

use crate::limits::ServerLimits;
use crate::problem::{Code, Problem};

/// How much of a refused body is read and thrown away, so that the client gets to read the answer.
const DISCARD: u64 = 16 * 1024 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// It is larger than the limit.
    #[error("the body is larger than is taken")]
    TooLarge,
    /// It came too slowly.
    #[error("the body came too slowly")]
    Timeout,
    /// The connection broke.
    #[error("the body broke off")]
    Broken,
}

impl BodyError {
    /// The problem to answer.
    pub(crate) fn problem(self) -> Problem {
        let code = match self {
            Self::TooLarge => Code::BodyTooLarge,
            Self::Timeout => Code::BodyTimeout,
            Self::Broken => Code::BrokenBody,
        };
        Problem::new(code, self.to_string())
    }
}

/// Takes the body of `request` and reads it whole, within the limits.
pub(crate) async fn read(
    request: &mut Request,
    limits: &ServerLimits,
) -> Result<Vec<u8>, BodyError> {
    let declared = declared_length(request);
    if declared.is_some_and(|length| length > limits.body as u64) {
        discard(request, limits).await;
        return Err(BodyError::TooLarge);
    }
    // A declared length that was checked against the limit may be reserved at once.
    let expected = usize::try_from(declared.unwrap_or(0)).unwrap_or(0);
    let body = request.take_body();
    tokio::time::timeout(limits.body_time, collect(body, expected, limits.body))
        .await
        .unwrap_or(Err(BodyError::Timeout))
}

/// Reads what is left of a body that nobody wants, up to a limit.
pub(crate) async fn discard(request: &mut Request, limits: &ServerLimits) {
    if request.headers().contains_key(header::EXPECT) {
        // The client waits for our word before it sends: the answer is that word.
        return;
    }
    let body = request.take_body();
    let drained = drain(body.into_bytes_stream(), 0);
    // Whether it was read to its end or not: the answer stays the same.
    let _ = tokio::time::timeout(discard_time(limits), drained).await;
}

fn discard_time(limits: &ServerLimits) -> Duration {
    limits.body_time.min(Duration::from_secs(5))
}

fn declared_length(request: &Request) -> Option<u64> {
    let value = request.headers().get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

async fn collect(body: Body, expected: usize, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::with_capacity(expected);
    let mut frames = std::pin::pin!(body.into_bytes_stream());
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        if bytes.len() + frame.len() > limit {
            drain(frames, (bytes.len() + frame.len()) as u64).await;
            return Err(BodyError::TooLarge);
        }
        bytes.extend_from_slice(&frame);
    }
    Ok(bytes)
}

async fn drain(
    frames: impl futures::Stream<Item = Result<bytes::Bytes, std::io::Error>>,
    mut seen: u64,
) {
    let mut frames = std::pin::pin!(frames);
    while let Some(Ok(frame)) = frames.next().await {
        seen += frame.len() as u64;
        if seen > DISCARD {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> ServerLimits {
        ServerLimits {
            body: 8,
            body_time: Duration::from_millis(20),
            ..ServerLimits::default()
        }
    }

    fn chunked(parts: &'static [&'static str]) -> Request {
        let stream = futures::stream::iter(
            parts
                .iter()
                .map(|part| Ok::<_, std::io::Error>(bytes::Bytes::from_static(part.as_bytes()))),
        );
        Request::builder().body(Body::from_bytes_stream(stream))
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
        let mut fits = chunked(&["1234", "5678"]);
        assert_eq!(read(&mut fits, &limits()).await, Ok(b"12345678".to_vec()));
        let mut large = chunked(&["1234", "56789"]);
        assert_eq!(read(&mut large, &limits()).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn a_declared_length_over_the_limit_is_refused_by_its_word() {
        let mut request = Request::builder()
            .header(header::CONTENT_LENGTH, "9")
            .body("123456789");
        assert_eq!(
            read(&mut request, &limits()).await,
            Err(BodyError::TooLarge)
        );
    }

    #[tokio::test]
    async fn a_body_that_never_ends_times_out() {
        let stream = futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
        let mut request = Request::builder().body(Body::from_bytes_stream(stream));
        assert_eq!(read(&mut request, &limits()).await, Err(BodyError::Timeout));
    }
}
