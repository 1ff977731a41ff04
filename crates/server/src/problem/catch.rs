//! Turns poem's own errors into problems, so that none of its texts reaches a client.

use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError};
use poem_openapi::error::{
    ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};

use super::{Code, Problem};

/// The longest reason that is repeated to the client, in characters.
const REASON_LIMIT: usize = 300;

/// The problem behind an error of poem that is no answer yet.
pub(crate) fn problem_of(error: &poem::Error) -> Problem {
    if error.is::<NotFoundError>() {
        return Problem::new(Code::NoSuchRoute, "no operation has this address");
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::new(
            Code::MethodNotAllowed,
            "this address does not take this method",
        );
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        let reason = own_words(&error.reason);
        return Problem::new(
            Code::InvalidParameter,
            format!("`{}`: {reason}", error.name),
        );
    }
    if let Some(error) = error.downcast_ref::<ParsePathError>() {
        return Problem::new(Code::InvalidId, own_words(&error.reason));
    }
    if error.is::<ParseRequestPayloadError>() {
        // What the parser says repeats pieces of the body, which may be a secret.
        return Problem::new(
            Code::InvalidBody,
            "the body is no JSON of the form that the operation takes; /docs shows the form",
        );
    }
    if error.is::<ContentTypeError>() {
        return Problem::new(
            Code::UnsupportedMediaType,
            "the body has another type than JSON, or none is named",
        );
    }
    if error.is::<ReadBodyError>() {
        return Problem::new(Code::InvalidBody, "the body cannot be read");
    }
    match error.status().as_u16() {
        400 => Problem::new(Code::InvalidBody, "the request cannot be read"),
        404 => Problem::new(Code::NoSuchRoute, "no operation has this address"),
        _ => {
            tracing::error!(%error, "a request failed");
            Problem::new(Code::Internal, "the request could not be carried out")
        }
    }
}

/// What our own type said, without the frame that poem puts around it.
fn own_words(reason: &str) -> String {
    let inner = reason.split_once("\": ").map_or(reason, |(_, text)| text);
    let inner = inner
        .split(" (occurred while parsing")
        .next()
        .unwrap_or(inner);
    shortened(inner)
}

fn shortened(text: &str) -> String {
    text.chars().take(REASON_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_around_our_own_words_is_taken_off() {
        assert_eq!(
            own_words(r#"failed to parse "limit": from 1 to 100 (occurred while parsing "x")"#),
            "from 1 to 100"
        );
        assert_eq!(own_words("plain"), "plain");
    }

    #[test]
    fn an_unknown_error_tells_nothing_of_itself() {
        let error = poem::Error::from_string(
            "connection to /var/lib/secret refused",
            poem::http::StatusCode::BAD_GATEWAY,
        );
        let problem = problem_of(&error);
        assert_eq!(problem.code, "internal");
        assert!(!problem.detail.contains("secret"));
    }
}
