//! Values as a script writes them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cuebook_core::value::{Value, rfc3339};

/// So many characters of a value stay on one line.
const WIDTH: usize = 60;

/// A value as a script writes it, on one line.
pub fn literal(value: &Value) -> String {
    match value {
        Value::Unit => "()".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Decimal(decimal) => decimal_literal(*decimal),
        Value::Text(text) => quoted(text),
        Value::Bytes(bytes) => format!("base64::decode({})", quoted(&STANDARD.encode(bytes))),
        Value::Time(at) => format!("time::parse({})", quoted(&rfc3339(*at))),
        Value::Secret(name) => format!("secret({})", quoted(name)),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) if map.is_empty() => "#{}".to_owned(),
        Value::Map(map) => {
            let members: Vec<String> = map
                .iter()
                .map(|(key, member)| format!("{}: {}", key_literal(key), literal(member)))
                .collect();
            format!("#{{ {} }}", members.join(", "))
        }
    }
}

/// A value as a script writes it, over several lines where it is long.
pub fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write_pretty(&mut text, value, 0);
    text
}

fn write_pretty(text: &mut String, value: &Value, depth: usize) {
    let line = literal(value);
    let is_short = line.chars().count() + 4 * depth <= WIDTH;
    match value {
        Value::Array(items) if !is_short && !items.is_empty() => {
            text.push_str("[\n");
            for item in items {
                indent(text, depth + 1);
                write_pretty(text, item, depth + 1);
                text.push_str(",\n");
            }
            indent(text, depth);
            text.push(']');
        }
        Value::Map(map) if !is_short && !map.is_empty() => {
            text.push_str("#{\n");
            for (key, member) in map {
                indent(text, depth + 1);
                text.push_str(&key_literal(key));
                text.push_str(": ");
                write_pretty(text, member, depth + 1);
                text.push_str(",\n");
            }
            indent(text, depth);
            text.push('}');
        }
        _ => text.push_str(&line),
    }
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n(' ', 4 * depth));
}

/// A decimal keeps its scale; one without a fraction would be an integer.
fn decimal_literal(decimal: rust_decimal::Decimal) -> String {
    let text = decimal.to_string();
    if text.contains('.') {
        text
    } else {
        format!("decimal({})", quoted(&text))
    }
}

/// A text in quotes. Rhai knows JSON's escapes but those of control characters, and has `\xHH` for these.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let code = u32::from(control);
                // Writing into a text cannot fail.
                let _ = write!(quoted, "\\u{code:04x}");
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn key_literal(key: &str) -> String {
    if rhai::is_valid_identifier(key) && !is_reserved(key) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// Words of Rhai that stand in no map without quotes.
fn is_reserved(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "true",
        "false",
        "let",
        "const",
        "if",
        "else",
        "switch",
        "do",
        "while",
        "until",
        "loop",
        "for",
        "in",
        "continue",
        "break",
        "return",
        "throw",
        "try",
        "catch",
        "import",
        "export",
        "as",
        "global",
        "private",
        "fn",
        "this",
        "is",
        "not",
        "var",
        "static",
        "shared",
        "goto",
        "exit",
        "match",
        "case",
        "default",
        "void",
        "null",
        "nil",
        "spawn",
        "thread",
        "go",
        "sync",
        "async",
        "await",
        "yield",
        "public",
        "protected",
        "new",
        "use",
        "with",
        "module",
        "package",
        "super",
        "unless",
        "then",
        "each",
    ];
    WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_read_back_as_it_was() {
        let engine = rhai::Engine::new();
        for text in ["", "a \"b\" \\ \n\r\t \u{7}", "Zürich 🎭", "${x}"] {
            let value = Value::from(text);
            let read: String = engine.eval(&literal(&value)).unwrap();
            assert_eq!(read, text);
        }
        let value = Value::from([
            ("new", Value::Int(-1)),
            ("a-b", Value::Array(vec![Value::Bool(true), Value::Unit])),
            ("money", Value::Decimal("50.00".parse().unwrap())),
        ]);
        assert_eq!(
            literal(&value),
            "#{ \"a-b\": [true, ()], money: 50.00, \"new\": -1 }"
        );
        let read: rhai::Map = engine.eval(&literal(&value)).unwrap();
        assert_eq!(read["money"].to_string(), "50.00");
    }

    #[test]
    fn what_is_long_takes_several_lines() {
        let long = Value::from([("a", Value::from("x".repeat(60)))]);
        assert_eq!(
            pretty(&long),
            format!("#{{\n    a: \"{}\",\n}}", "x".repeat(60))
        );
    }
}
