//! What holds for all operations of the API, or for all that change something, and what poem's description of a single one
//! cannot say: `Idempotency-Key`, the id of each request, when to try again.

use serde_json::{Map, Value as Json, json};

use crate::admin::{IDEMPOTENCY_KEY, LONGEST, PREFIX, REPLAYED};
use crate::problem::{Code, PROBLEM_JSON, Problem};
use crate::request_id::REQUEST_ID;
use poem::http::header::RETRY_AFTER;
use poem_openapi::types::ToJSON;

/// What a write may be refused for because of its `Idempotency-Key`.
const REPEATED: [Code; 3] = [
    Code::RequestUnderWay,
    Code::RequestCutOff,
    Code::IdempotencyKeyReused,
];
/// Answers that say when it is worth trying again.
const TRY_AGAIN: [&str; 2] = ["429", "503"];

/// Describes the manners of all operations.
pub(super) fn describe(document: &mut Json) {
    components(document);
    let Some(paths) = document.pointer_mut("/paths").and_then(Json::as_object_mut) else {
        return;
    };
    for (path, item) in paths {
        let is_api = path.starts_with(PREFIX);
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            // A `POST` that only looks, such as one that checks a rule, asks for `read`.
            let only_looks = operation.pointer("/security/0/key_read").is_some();
            if is_api && method != "get" && !only_looks {
                repeatable(operation);
            }
            headers(operation);
        }
    }
}

fn components(document: &mut Json) {
    document["components"]["headers"] = json!({
        "RequestId": {
            "description": "The id of the request: in Cuebook's log, and in the audit log where it changed something.",
            "schema": {"type": "string", "format": "uuid"},
        },
        "RetryAfter": {
            "description": "After how many seconds it is worth trying again.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "IdempotentReplayed": {
            "description": "`true` where a former request with this `Idempotency-Key` was answered so, and nothing was done now.",
            "schema": {"type": "string", "enum": ["true"]},
        },
    });
}

/// The header by which a request is named.
fn idempotency_key() -> Json {
    json!({
        "name": name(IDEMPOTENCY_KEY.as_str()),
        "in": "header",
        "required": false,
        "description": "Names the request, so that it can be sent again without being carried out again: for 24 hours the \
            same request with the same name gets the same answer. Best a fresh UUID.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    })
}

/// An operation that may be sent again under the same name.
fn repeatable(operation: &mut Json) {
    let parameter = idempotency_key();
    match operation.get_mut("parameters").and_then(Json::as_array_mut) {
        Some(parameters) => parameters.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
    let Some(responses) = operation.get_mut("responses").and_then(Json::as_object_mut) else {
        return;
    };
    refuse(responses, &[Code::InvalidParameter]);
    refuse(responses, &REPEATED);
    for (status, response) in responses {
        if status.starts_with('2') {
            let header = json!({"$ref": "#/components/headers/IdempotentReplayed"});
            response["headers"][name(REPLAYED.as_str())] = header;
        }
    }
}

/// Adds codes to the answers that an operation may give.
fn refuse(responses: &mut Map<String, Json>, codes: &[Code]) {
    for code in codes {
        let status = code.status().as_u16().to_string();
        let known = responses.get_mut(&status).and_then(|response| {
            let content = response.get_mut("content")?.get_mut(PROBLEM_JSON)?;
            let words = content.pointer_mut("/schema/allOf/1/properties/code/enum")?;
            words.as_array_mut()
        });
        let word = Json::from(code.as_str());
        match known {
            Some(words) if words.contains(&word) => {}
            Some(words) => words.push(word),
            None => {
                let response = json!({
                    "description": code.title(),
                    "content": {PROBLEM_JSON: {
                        "schema": {"allOf": [
                            {"$ref": "#/components/schemas/Problem"},
                            {"type": "object", "properties": {"code": {"type": "string", "enum": [word]}}},
                        ]},
                        "example": Problem::new(*code, code.title()).to_json(),
                    }},
                });
                responses.insert(status, response);
            }
        }
    }
}

fn headers(operation: &mut Json) {
    let responses = operation.get_mut("responses").and_then(Json::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        let header = json!({"$ref": "#/components/headers/RequestId"});
        response["headers"][name(REQUEST_ID.as_str())] = header;
        if TRY_AGAIN.contains(&status.as_str()) {
            let header = json!({"$ref": "#/components/headers/RetryAfter"});
            response["headers"][name(RETRY_AFTER.as_str())] = header;
        }
    }
}

/// A header's name as people write it.
fn name(header: &str) -> String {
    let words = header.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_as_people_write_them() {
        assert_eq!(name("idempotency-key"), "Idempotency-Key");
    }
}
