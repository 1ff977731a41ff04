//! Reading `cuebook.toml` into flat keys: `[smtp] url = …` is `smtp.url`.

use std::path::Path;

use toml::{Table, Value};

use super::ConfigError;

/// The values of the file by key, in the order of their keys. A list becomes its items with commas between.
pub(super) fn read(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        origin: None,
        source,
    })?;
    let table: Table = toml::from_str(&text).map_err(|error| ConfigError::Syntax {
        path: path.to_owned(),
        message: without_values(&error, &text),
    })?;
    let mut values = Vec::new();
    flatten(path, "", &table, &mut values)?;
    Ok(values)
}

/// The parser's message with line and column. Not its excerpt: the line may hold a secret.
fn without_values(error: &toml::de::Error, text: &str) -> String {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("  line {line}, column {column}: {}", error.message())
}

fn flatten(
    path: &Path,
    prefix: &str,
    table: &Table,
    values: &mut Vec<(String, String)>,
) -> Result<(), ConfigError> {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        match value {
            Value::Table(inner) => flatten(path, &format!("{key}."), inner, values)?,
            _ => match text_of(value) {
                Some(text) => values.push((key, text)),
                None => {
                    return Err(ConfigError::NotAValue {
                        path: path.to_owned(),
                        key,
                    });
                }
            },
        }
    }
    Ok(())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(texts?.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}
