//! The hook in the OpenAPI document. It is no operation of the API, so its description is written here.

use serde_json::{Value as Json, json};

use crate::problem::{Code, PROBLEM_JSON, Problem};
use poem_openapi::types::ToJSON;

const REFUSALS: &[&[Code]] = &[
    &[Code::NotAMessage, Code::BrokenBody],
    &[Code::UnknownToken],
    &[Code::BodyTimeout],
    &[Code::TokenRetired],
    &[Code::BodyTooLarge],
    &[Code::EncodedBody],
    &[Code::TooManyWrongTokens],
    &[Code::Internal],
    &[Code::StoreUnavailable],
];

/// The hook's path and its description, given the schema and the examples of the messages.
pub(crate) fn path_item(message: &Json, examples: &Json) -> (String, Json) {
    let mut responses = json!({
        "202": {
            "description": "The event is on disk, and its runs are about to begin.",
            "content": {"application/json": {
                "schema": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {"id": {"type": "string", "format": "uuid", "description": "The event's id."}},
                },
                "example": {"id": "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11"},
            }},
        },
    });
    for codes in REFUSALS {
        refuse(&mut responses, codes);
    }
    let operation = json!({
        "operationId": "receive_ticketpark",
        "tags": ["Hooks"],
        "summary": "Receive a webhook",
        "description": "Where Ticketpark sends its messages. The content alone decides, never the content type. Only 202 means \
            that the event is stored; what is no message, or comes with a retired token, is kept in quarantine and its id \
            answered with the problem. A right token is never limited in its rate.",
        "security": [],
        "parameters": [{
            "name": "token",
            "in": "path",
            "required": true,
            "description": "The hook's token: the secret part of the address.",
            "schema": {"type": "string"},
        }],
        "requestBody": {
            "required": true,
            "description": "The message: an object with `type` and `payload`.",
            "content": {"application/json": {"schema": message, "examples": examples}},
        },
        "responses": responses,
    });
    (
        "/hooks/ticketpark/{token}".to_owned(),
        json!({"post": operation}),
    )
}

fn refuse(responses: &mut Json, codes: &[Code]) {
    let Some((first, members)) = codes.first().zip(responses.as_object_mut()) else {
        return;
    };
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let problem = Problem::new(*first, first.title()).to_json();
    members.insert(
        first.status().as_u16().to_string(),
        json!({
            "description": first.title(),
            "content": {PROBLEM_JSON: {
                "schema": {"allOf": [
                    {"$ref": "#/components/schemas/Problem"},
                    {"type": "object", "properties": {"code": {"type": "string", "enum": words}}},
                ]},
                "example": problem,
            }},
        }),
    );
}
