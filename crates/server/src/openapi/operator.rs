//! Health and numbers in the OpenAPI document.

use serde_json::{Map, Value as Json, json};

/// The paths and their descriptions.
pub(super) fn paths() -> Map<String, Json> {
    let problem = json!({
        "description": "Not ready",
        "content": {"application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": {
                "type": "urn:cuebook:problem:not_ready", "title": "Cuebook is not ready", "status": 503,
                "code": "not_ready", "detail": "the database does not answer",
                "hint": "The detail says what is missing.", "retry_after": 5,
            },
        }},
    });
    let mut paths = Map::new();
    let entries = [
        (
            "/healthz",
            "show_health",
            "Alive",
            "Whether the process answers.",
            "application/json",
            json!({"status": "alive"}),
        ),
        (
            "/readyz",
            "show_readiness",
            "Ready",
            "Whether webhooks can be stored and rules are loaded.",
            "application/json",
            json!({"status": "ready"}),
        ),
        (
            "/metrics",
            "show_metrics",
            "Metrics",
            "The numbers, for Prometheus.",
            "application/openmetrics-text",
            json!("cuebook_sends_pending 0\n"),
        ),
    ];
    for (path, id, summary, description, content_type, example) in entries {
        let schema = if example.is_string() {
            json!({"type": "string"})
        } else {
            json!({"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}})
        };
        let mut responses = json!({
            "200": {"description": description, "content": {content_type: {"schema": schema, "example": example}}},
        });
        if let Some(members) = responses.as_object_mut() {
            let refused = if path == "/readyz" { "503" } else { "500" };
            let answer = if path == "/readyz" {
                problem.clone()
            } else {
                internal()
            };
            members.insert(refused.to_owned(), answer);
        }
        let operation = json!({
            "operationId": id, "tags": ["Operator"], "summary": summary, "description": description,
            "security": [], "responses": responses,
        });
        paths.insert(path.to_owned(), json!({"get": operation}));
    }
    paths
}

fn internal() -> Json {
    json!({
        "description": "Something went wrong inside",
        "content": {"application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": {
                "type": "urn:cuebook:problem:internal", "title": "Something went wrong inside", "status": 500,
                "code": "internal", "detail": "the request could not be carried out",
                "hint": "The log of Cuebook says more.",
            },
        }},
    })
}
