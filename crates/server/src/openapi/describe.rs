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

/// Says of each member of an answer that is not required that it may be `null`.
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
            let has_default = property.get("default").is_some();
            if !is_required && !has_default {
                allow_null(property);
            }
        }
    }
}

/// No query parameter has to be given; poem says so of all but those that may be given several times.
fn optional_in_query(parameter: &mut Json) {
    if parameter["in"] == "query" {
        parameter["required"] = Json::from(false);
    }
}

fn allow_null(property: &mut Json) {
    if property.get("$ref").is_some() {
        *property = json!({"allOf": [property.take()], "nullable": true});
    } else if let Some(members) = property.as_object_mut() {
        members.insert("nullable".to_owned(), Json::from(true));
    }
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
