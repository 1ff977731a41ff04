//! What is sent to the API: objects that take no members beyond those they name. Poem refuses others and does not say so.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use crate::admin::PREFIX;

const SCHEMAS: &str = "#/components/schemas/";

/// Says of each object in a body of the API that it takes no other members.
pub(super) fn close(document: &mut Json) {
    let bodies = document["paths"].as_object().into_iter().flatten();
    let bodies = bodies
        .filter(|(path, _)| path.starts_with(PREFIX))
        .filter_map(|(_, item)| item.as_object())
        .flat_map(Map::values)
        .map(|operation| &operation["requestBody"]);
    let mut names = BTreeSet::new();
    let mut open: Vec<String> = bodies.flat_map(references).collect();
    while let Some(name) = open.pop() {
        open.extend(references(&document["components"]["schemas"][&name]));
        if !names.insert(name) {
            open.retain(|name| !names.contains(name));
        }
    }
    for name in names {
        let schema = &mut document["components"]["schemas"][name];
        if schema["type"] == "object" && schema["additionalProperties"].is_null() {
            schema["additionalProperties"] = Json::from(false);
        }
    }
}

/// The schemas that stand in `json`.
fn references(json: &Json) -> Vec<String> {
    match json {
        Json::Object(members) => match members.get("$ref").and_then(Json::as_str) {
            Some(reference) => reference
                .strip_prefix(SCHEMAS)
                .map(str::to_owned)
                .into_iter()
                .collect(),
            None => members.values().flat_map(references).collect(),
        },
        Json::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_body_holds_is_closed_and_what_only_an_answer_holds_is_not() {
        let reference = |name: &str| json!({"$ref": format!("{SCHEMAS}{name}")});
        let object = json!({"type": "object"});
        let mut document = json!({
            "paths": {
                "/api/v1/x": {"post": {
                    "requestBody": {"content": {"application/json": {"schema": reference("Outer")}}},
                    "responses": {"200": reference("Answer")},
                }},
                "/hooks/x": {"post": {"requestBody": reference("Message")}},
            },
            "components": {"schemas": {
                "Outer": {"type": "object", "properties": {"a": [reference("Inner"), reference("Outer")]}},
                "Inner": object, "Answer": object, "Message": object,
            }},
        });
        close(&mut document);
        let closed = |name: &str| {
            document["components"]["schemas"][name]["additionalProperties"] == json!(false)
        };
        assert!(closed("Outer") && closed("Inner"));
        assert!(!closed("Answer") && !closed("Message"));
    }
}
