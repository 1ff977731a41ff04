//! Requests: method, where to, what with.

use cuebook_core::Value;
use serde_json::{Map, Value as Json};

use super::{Fields, text};

/// A `webhook::send` from its envelope and body.
pub(super) fn of_send(envelope: &Json, body: &[u8]) -> Fields {
    let mut fields = vec![("method", Json::from("POST"))];
    let member = |name: &str| envelope.get(name).filter(|member| !member.is_null());
    fields.extend(member("url").map(|url| ("url", url.clone())));
    fields.push(("body", text(body)));
    fields.extend(member("headers").map(|headers| ("headers", headers.clone())));
    fields.extend(member("auth").map(|auth| ("auth", auth.clone())));
    fields
}

/// An HTTP call or one to Ticketpark; `None` for any other.
pub(super) fn of_call(function: &str, arguments: &[Value]) -> Option<Fields> {
    let (namespace, verb) = function.split_once("::")?;
    let (place, has_body) = match (namespace, verb) {
        ("http", "get" | "delete") => ("url", false),
        ("http", "post" | "put" | "patch") => ("url", true),
        ("ticketpark", "post" | "patch") => ("path", true),
        _ => return None,
    };
    let mut rest = arguments.iter().map(Value::to_json);
    let mut fields = vec![
        ("method", Json::from(verb.to_uppercase())),
        (place, rest.next().unwrap_or_default()),
    ];
    if has_body {
        fields.push(("body", rest.next().unwrap_or_default()));
    }
    let none = |options: &Json| options.is_null() || *options == Json::Object(Map::new());
    fields.extend(
        rest.next()
            .filter(|options| !none(options))
            .map(|options| ("options", options)),
    );
    Some(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_told_as_method_place_body_and_options() {
        let body = Value::from([("amount", Value::Decimal("50.00".parse().unwrap()))]);
        let arguments = [Value::from("https://books.example/"), body, Value::Unit];
        let fields = of_call("http::post", &arguments).unwrap();
        assert_eq!(
            fields,
            [
                ("method", json!("POST")),
                ("url", json!("https://books.example/")),
                ("body", json!({"amount": "50.00"})),
            ]
        );
        let token = Value::from([("bearer", Value::Secret("CRM".to_owned()))]);
        let options = Value::from([("auth", token)]);
        let fields = of_call(
            "http::delete",
            &[Value::from("https://x.example/"), options],
        );
        let named = fields.unwrap().into_iter();
        let told: Json = named.map(|(name, json)| (name.to_owned(), json)).collect();
        assert_eq!(told["options"]["auth"]["bearer"], "***");
        assert_eq!(of_call("once", &[]), None);
    }

    #[test]
    fn a_webhook_is_told_with_its_body_as_json() {
        let fields = of_send(&json!({"url": "https://x.example/"}), b"{\"a\":1}");
        assert_eq!(
            fields,
            [
                ("method", json!("POST")),
                ("url", json!("https://x.example/")),
                ("body", json!({"a": 1})),
            ]
        );
    }
}
