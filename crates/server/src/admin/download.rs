//! Stored bytes as an answer: a mail as `.eml`, anything else as it is. Never to be taken for a page by a browser.

use poem::http::{HeaderValue, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use serde_json::Value as Json;

const MAIL: &str = "message/rfc822";
const BYTES: &str = "application/octet-stream";

/// Stored bytes.
#[derive(Debug)]
pub(crate) struct Download {
    content_type: &'static str,
    name: String,
    bytes: Vec<u8>,
}

impl Download {
    /// A whole mail.
    pub(crate) fn mail(name: String, bytes: Vec<u8>) -> Self {
        Self {
            content_type: MAIL,
            name,
            bytes,
        }
    }

    /// Any bytes.
    pub(crate) fn bytes(name: String, bytes: Vec<u8>) -> Self {
        Self {
            content_type: BYTES,
            name,
            bytes,
        }
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .content_type(self.content_type)
            .body(self.bytes);
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            response
                .headers_mut()
                .insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

impl ApiResponse for Download {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The bytes as they are stored",
                status: Some(200),
                status_range: None,
                content: vec![
                    media_type(
                        MAIL,
                        "From: Box office <office@example.com>\r\nTo: tom@example.com\r\nSubject: Thank you\r\n\r\nDear Tom, …\r\n",
                    ),
                    media_type(
                        BYTES,
                        r#"{"type":"new-booking","payload":{"booking_pid":293233446073}}"#,
                    ),
                ],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

fn media_type(content_type: &'static str, example: &str) -> MetaMediaType {
    let schema = MetaSchema {
        example: Some(Json::from(example)),
        ..MetaSchema::new_with_format("string", "binary")
    };
    MetaMediaType {
        content_type,
        schema: MetaSchemaRef::Inline(Box::new(schema)),
    }
}
