//! Adds to each operation what poem's description lacks: examples of the answers, and that a member may be `null`.

use serde_json::{Map, Value as Json, json};

/// Schemas of which a member that is not required is left out instead of being `null`.
const LEFT_OUT: &[&str] = &["Problem"];

/// Gives each answer and each body of an operation its schema's example.
pub(super) fn operations(document: &mut Json) {
    let schemas = document["components"]["schemas"].clone();
    let Some(paths) = document.pointer_mut("/paths").and_then(Json::as_object_mut) else {
        return;
    };
    let operations = paths
        .values_mut()
        .filter_map(Json::as_object_mut)
        .flat_map(Map::values_mut)
        .filter_map(Json::as_object_mut);
    for operation in operations {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Json::as_array_mut) {
            parameters.iter_mut().for_each(optional_in_query);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            content_examples(body, &schemas);
        }
        if let Some(responses) = operation.get_mut("responses").and_then(Json::as_object_mut) {
            for (status, response) in responses {
                content_examples(response, &schemas);
                describe_success(status, response);
            }
        }
    }
}

/// Gives the examples of bodies their members that are only ever written, which are left out of them as of an answer.
pub(super) fn written(document: &mut Json) {
    let schemas = document.pointer_mut("/components/schemas");
    let schemas = schemas.and_then(Json::as_object_mut);
    for schema in schemas.into_iter().flat_map(Map::values_mut) {
        let properties = schema["properties"].as_object().cloned();
        let Some(example) = schema.get_mut("example").and_then(Json::as_object_mut) else {
            continue;
        };
        for (name, property) in properties.into_iter().flatten() {
            let shown = property.get("example");
            if let (Some(true), Some(shown)) = (property["writeOnly"].as_bool(), shown) {
                example.entry(name).or_insert_with(|| shown.clone());
            }
        }
    }
}

/// Says of each member that is not required that it may be `null`; in a body that is sent this means the same as to leave it out.
pub(super) fn nullable(document: &mut Json) {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Json::as_object_mut)
    else {
        return;
    };
    for (name, schema) in schemas {
        if LEFT_OUT.contains(&name.as_str()) || name.ends_with("Message") {
            continue;
        }
        let required = schema["required"].clone();
        let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else {
            continue;
        };
        for (member, property) in properties {
            let is_required = required
                .as_array()
                .is_some_and(|names| names.iter().any(|name| name == member));
            if !is_required {
                allow_null(property);
            }
        }
    }
}

/// Says of each number that has no sign that it is none below 0, and how large it may be: the format alone says it to nobody.
pub(super) fn unsigned(json: &mut Json) {
    match json {
        Json::Object(members) => {
            let largest = match members.get("format").and_then(Json::as_str) {
                Some("uint16") => Some(u64::from(u16::MAX)),
                Some("uint32") => Some(u64::from(u32::MAX)),
                // Beyond it numbers are not exact in many languages, and no count of ours comes there.
                Some("uint64") => Some(1 << 53),
                _ => None,
            };
            if let Some(largest) = largest {
                members.entry("minimum").or_insert_with(|| Json::from(0));
                members
                    .entry("maximum")
                    .or_insert_with(|| Json::from(largest));
            }
            members.values_mut().for_each(unsigned);
        }
        Json::Array(items) => items.iter_mut().for_each(unsigned),
        _ => {}
    }
}

/// No query parameter has to be given; poem says so of all but those that may be given several times.
fn optional_in_query(parameter: &mut Json) {
    if parameter["in"] == "query" {
        parameter["required"] = Json::from(false);
    }
}

fn allow_null(property: &mut Json) {
    let Some(members) = property.as_object_mut() else {
        return;
    };
    if members.contains_key("type") {
        members.insert("nullable".to_owned(), Json::from(true));
        if let Some(words) = members.get_mut("enum").and_then(Json::as_array_mut)
            && !words.contains(&Json::Null)
        {
            words.push(Json::Null);
        }
        return;
    }
    // `nullable` stands beside a `type` alone, and a schema that is referred to does not allow `null` by itself. What names
    // neither takes anything.
    let referred = match (members.remove("$ref"), members.remove("allOf")) {
        (Some(reference), _) => json!({"$ref": reference}),
        (None, Some(Json::Array(mut all))) if all.len() == 1 => all.remove(0),
        (None, Some(all)) => json!({"allOf": all}),
        (None, None) => return,
    };
    let nothing = json!({"type": "string", "nullable": true, "enum": [null]});
    members.insert("anyOf".to_owned(), json!([referred, nothing]));
}

fn content_examples(holder: &mut Json, schemas: &Json) {
    let Some(content) = holder.get_mut("content").and_then(Json::as_object_mut) else {
        return;
    };
    for media_type in content.values_mut().filter_map(Json::as_object_mut) {
        if media_type.contains_key("example") || media_type.contains_key("examples") {
            continue;
        }
        let schema = media_type.get_mut("schema");
        if let Some(example) = schema.and_then(|schema| take_example(schema, schemas)) {
            media_type.insert("example".to_owned(), example);
        }
    }
}

/// The example of a schema: its own, which moves, or that of the schema it refers to.
fn take_example(schema: &mut Json, schemas: &Json) -> Option<Json> {
    if let Some(own) = schema
        .as_object_mut()
        .and_then(|members| members.remove("example"))
    {
        return Some(own);
    }
    let name = schema["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")?;
    schemas[name].get("example").cloned()
}

fn describe_success(status: &str, response: &mut Json) {
    let lacks = response["description"].as_str().is_none_or(str::is_empty);
    if lacks && status.starts_with('2') {
        response["description"] = Json::from("Done");
    }
}
