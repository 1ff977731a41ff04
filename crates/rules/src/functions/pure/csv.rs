//! `csv::format`.

use cuebook_core::CallError;
use cuebook_core::function::{OptionKey, Parameter, ParameterKind};
use cuebook_core::limits;
use cuebook_core::value::{Value, rfc3339};

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};

/// `csv::format(rows[, options])`.
pub(super) const FORMAT: PureFunction = PureFunction {
    name: "csv::format",
    parameters: &[
        Parameter {
            name: "rows",
            kind: ParameterKind::Array,
            required: true,
            doc: "Maps, or arrays of cells.",
        },
        Parameter {
            name: "options",
            kind: ParameterKind::Options(&[
                OptionKey {
                    name: "columns",
                    kind: ParameterKind::TextOrTexts,
                    required: false,
                    doc: "The columns in order: they become the first line, and say which members of the maps are written. If left out, the members of all maps, sorted by name.",
                },
                OptionKey {
                    name: "separator",
                    kind: ParameterKind::Text,
                    required: false,
                    doc: "What stands between cells: `\",\"` if left out; `\";\"` for a Swiss or German Excel.",
                },
            ]),
            required: false,
            doc: "Columns and separator.",
        },
    ],
    answer: "string",
    doc: "Writes rows as CSV (RFC 4180, lines ending with CR LF). A string that a spreadsheet would take for a formula gets a `'` before it; numbers stay numbers.",
    example: r#"csv::format([#{ name: "=A1", price: decimal("25.00") }], #{ columns: ["name", "price"], separator: ";" })"#,
    gives: r#""name;price\r\n'=A1;25.00\r\n""#,
    body: Body::Values(format),
};

fn format(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let rows = arguments.array(0);
    let options = arguments.value(1);
    let separator = separator(options.get("separator").and_then(Value::as_text))?;
    let columns = columns(options.get("columns"), rows);
    let cells: usize = rows
        .iter()
        .map(|row| row.as_array().map_or(columns.len(), <[Value]>::len))
        .sum();
    if cells > limits::ARRAY {
        return Err(CallError::invalid(format!(
            "there are {cells} cells: {} at most",
            limits::ARRAY
        )));
    }
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    let mut write = |cells: &[String]| {
        writer
            .write_record(cells)
            .map_err(|error| CallError::invalid(error.to_string()))
    };
    let mut length = 0;
    if !columns.is_empty() {
        let names: Vec<String> = columns.iter().map(|name| escaped(name)).collect();
        write(&names)?;
    }
    for (index, row) in rows.iter().enumerate() {
        let cells = match row {
            Value::Array(cells) => line(cells.iter(), &mut length),
            Value::Map(_) => {
                let cells = columns
                    .iter()
                    .map(|name| row.get(name).unwrap_or(&Value::Unit));
                line(cells, &mut length)
            }
            other => Err(CallError::invalid(format!(
                "it is {}, but a row is a map or an array",
                other.kind()
            ))),
        };
        let cells = cells.map_err(|error| CallError {
            message: format!("row {}: {}", index + 1, error.message),
            ..error
        })?;
        write(&cells)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| CallError::invalid(error.to_string()))?;
    String::from_utf8(bytes)
        .map(Value::Text)
        .map_err(|error| CallError::invalid(error.to_string()))
}

fn separator(text: Option<&str>) -> Result<u8, CallError> {
    match text.map(str::as_bytes) {
        None => Ok(b','),
        Some([byte @ (b',' | b';' | b'\t' | b'|' | b':' | b' ')]) => Ok(*byte),
        Some(_) => Err(CallError::invalid(
            "`separator` is one of `,` `;` `|` `:`, a tab or a space",
        )),
    }
}

fn columns(given: Option<&Value>, rows: &[Value]) -> Vec<String> {
    match given {
        Some(Value::Text(name)) => vec![name.clone()],
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| name.as_text().map(str::to_owned))
            .collect(),
        _ => {
            let members = rows.iter().filter_map(Value::as_map);
            let mut names: Vec<String> = members.flat_map(|map| map.keys().cloned()).collect();
            names.sort();
            names.dedup();
            names
        }
    }
}

/// The cells of a line. `length` counts the bytes of all lines, since a column that is named twice is written twice.
fn line<'a>(
    values: impl Iterator<Item = &'a Value>,
    length: &mut usize,
) -> Result<Vec<String>, CallError> {
    values
        .map(|value| {
            let text = cell(value)?;
            *length += text.len();
            if *length > limits::TEXT {
                return Err(CallError::invalid(
                    "the text grows beyond what a script may hold",
                ));
            }
            Ok(text)
        })
        .collect()
}

fn cell(value: &Value) -> Result<String, CallError> {
    Ok(match value {
        Value::Unit => String::new(),
        Value::Text(text) => escaped(text),
        Value::Int(int) => int.to_string(),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Time(at) => rfc3339(*at),
        other => {
            return Err(CallError::invalid(format!(
                "a cell is {}: only strings, numbers, bools and times can be written",
                other.kind()
            )));
        }
    })
}

/// A text that no spreadsheet takes for a formula.
fn escaped(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
