//! Rows in columns, as wide as they need to be.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// The longest text of a cell.
const CELL: usize = 60;

/// Rows below headings.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// No rows as yet.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let headings = headings.iter().map(|text| (*text).to_owned()).collect();
        Self {
            rows: vec![headings],
        }
    }

    /// A table of the members of each item of a list.
    pub(crate) fn of(list: &Json, columns: &[(&str, &str)]) -> Self {
        let headings: Vec<&str> = columns.iter().map(|(heading, _)| *heading).collect();
        let mut table = Self::new(&headings);
        for item in list["items"].as_array().into_iter().flatten() {
            table.row(columns.iter().map(|(_, member)| cell(&item[*member])));
        }
        table
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The text; `nothing` where there is no row.
    pub(crate) fn text(&self, nothing: &str) -> String {
        if self.rows.len() == 1 {
            return format!("{nothing}\n");
        }
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    /// The text of a page of a list, with how to get the next one.
    pub(crate) fn page(&self, list: &Json, nothing: &str) -> String {
        let mut text = self.text(nothing);
        if let Some(cursor) = list["next_cursor"].as_str() {
            let _ = writeln!(text, "more with --cursor {cursor}");
        }
        text
    }
}

/// A value in one line.
fn cell(value: &Json) -> String {
    let text = match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if line.chars().count() <= CELL {
        return line;
    }
    let kept: String = line.chars().take(CELL - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let list = json!({"items": [{"a": "long text", "b": 1}, {"a": "x", "b": null}], "next_cursor": "c"});
        let text = Table::of(&list, &[("A", "a"), ("B", "b")]).page(&list, "none");
        assert_eq!(
            text,
            "A          B\nlong text  1\nx\nmore with --cursor c\n"
        );
    }

    #[test]
    fn a_list_without_items_says_so() {
        let list = json!({"items": []});
        assert_eq!(
            Table::of(&list, &[("A", "a")]).page(&list, "none"),
            "none\n"
        );
    }

    #[test]
    fn a_cell_is_one_short_line() {
        let text = cell(&Json::from(format!("a\n{}", "b".repeat(100))));
        assert_eq!(text.chars().count(), CELL);
        assert!(text.starts_with("a bbb") && text.ends_with('…'));
    }
}
