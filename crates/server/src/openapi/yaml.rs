//! JSON as YAML, in block style. Every text is a double-quoted scalar, whose escapes YAML shares with JSON, so none can
//! be taken for something else.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// `json` as a YAML document.
pub(super) fn to_yaml(json: &Json) -> String {
    let mut out = String::new();
    node(json, 0, &mut out);
    out
}

fn node(json: &Json, depth: usize, out: &mut String) {
    match json {
        Json::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                // Writing to a string cannot fail.
                let _ = write!(out, "{}{}:", "  ".repeat(depth), Json::from(key.as_str()));
                inner(value, depth, out);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(out, "{}-", "  ".repeat(depth));
                inner(item, depth, out);
            }
        }
        scalar => {
            let _ = writeln!(out, "{}{scalar}", "  ".repeat(depth));
        }
    }
}

fn inner(value: &Json, depth: usize, out: &mut String) {
    let nested = match value {
        Json::Object(members) => !members.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        node(value, depth + 1, out);
    } else {
        let _ = writeln!(out, " {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_by_indentation_and_texts_are_quoted() {
        let json = serde_json::json!({"a": [1, {"b": "no: \"x\""}], "c": {}, "d": []});
        let expected = "\"a\":\n  - 1\n  -\n    \"b\": \"no: \\\"x\\\"\"\n\"c\": {}\n\"d\": []\n";
        assert_eq!(to_yaml(&json), expected);
    }
}
