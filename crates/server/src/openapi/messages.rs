//! The seven messages of Ticketpark as schemas with their examples, from the descriptors of `core`.

use cuebook_core::events::{EventDescriptor, FieldKind, SENT};
use serde_json::{Map, Value as Json, json};

/// The name under which all messages together are a schema.
pub(super) const ANY_MESSAGE: &str = "TicketparkMessage";

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Json> {
    let mut schemas = Map::new();
    let mut alternatives = Vec::new();
    let mut mapping = Map::new();
    for descriptor in SENT {
        let name = schema_name(descriptor);
        let reference = format!("#/components/schemas/{name}");
        alternatives.push(json!({"$ref": reference}));
        for wire in descriptor.wire_types {
            mapping.insert((*wire).to_owned(), Json::from(reference.clone()));
        }
        schemas.insert(name, schema(descriptor));
    }
    schemas.insert(
        ANY_MESSAGE.to_owned(),
        json!({
            "description": "One of Ticketpark's messages. Other types and further fields are taken and kept too.",
            "anyOf": alternatives,
            "discriminator": {"propertyName": "type", "mapping": mapping},
        }),
    );
    schemas
}

/// What the hook takes: one of the messages, or anything else with a type.
pub(super) fn taken() -> Json {
    json!({"anyOf": [
        {"$ref": format!("#/components/schemas/{ANY_MESSAGE}")},
        {
            "type": "object",
            "description": "Another message, or one that has changed: kept all the same.",
            "required": ["type"],
            "properties": {"type": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
            }},
        },
    ]})
}

/// A whole message of each type, as examples of a request's body.
pub(super) fn examples() -> Json {
    each_example(|message| message)
}

/// The same as bodies that inject an event.
pub(super) fn injected_examples() -> Json {
    each_example(|mut message| {
        if let Some(members) = message.as_object_mut() {
            members.insert("perform".to_owned(), Json::from(false));
        }
        message
    })
}

fn each_example(show: impl Fn(Json) -> Json) -> Json {
    let examples: Map<String, Json> = SENT
        .iter()
        .filter_map(|descriptor| {
            let message = serde_json::from_str(descriptor.example).ok()?;
            let example = json!({"summary": descriptor.doc, "value": show(message)});
            Some((descriptor.name.to_owned(), example))
        })
        .collect();
    Json::Object(examples)
}

/// `new-booking` becomes `NewBookingMessage`.
fn schema_name(descriptor: &EventDescriptor) -> String {
    let mut name = String::new();
    for word in descriptor.name.split('-') {
        let (first, rest) = word.split_at(word.len().min(1));
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    name.push_str("Message");
    name
}

fn schema(descriptor: &EventDescriptor) -> Json {
    let fields: Map<String, Json> = descriptor
        .fields
        .iter()
        .map(|field| {
            let mut kind = kind(field.kind);
            if let Some(members) = kind.as_object_mut() {
                members.insert("description".to_owned(), Json::from(field.doc));
            }
            (field.name.to_owned(), kind)
        })
        .collect();
    let names: Vec<&str> = descriptor.fields.iter().map(|field| field.name).collect();
    let example: Json = serde_json::from_str(descriptor.example).unwrap_or_default();
    json!({
        "type": "object",
        "description": descriptor.doc,
        "required": ["type", "payload"],
        "properties": {
            "type": {"type": "string", "enum": descriptor.wire_types},
            "payload": {"type": "object", "required": names, "properties": fields},
        },
        "example": example,
    })
}

fn kind(kind: FieldKind) -> Json {
    let pid = json!({"oneOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]});
    match kind {
        FieldKind::Pid => pid,
        FieldKind::Pids => json!({"type": "array", "items": pid}),
        FieldKind::Amount => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
    }
}
