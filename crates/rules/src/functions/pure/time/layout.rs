//! Layouts of times such as `%d.%m.%Y %H:%M`.

use std::fmt::Write as _;

use chrono::DateTime;
use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;
use cuebook_core::CallError;

/// The longest layout, in bytes.
const LIMIT: usize = 256;

/// `at` in a layout of chrono's `strftime`.
pub(super) fn write(at: DateTime<Tz>, layout: &str) -> Result<String, CallError> {
    if layout.len() > LIMIT {
        return Err(CallError::invalid(format!(
            "the layout is longer than {LIMIT} bytes"
        )));
    }
    let wrong = || {
        CallError::invalid(format!(
            "the layout {layout:?} cannot be read: write one such as \"%d.%m.%Y %H:%M\""
        ))
    };
    let items: Vec<Item<'_>> = StrftimeItems::new(layout).collect();
    if items.contains(&Item::Error) {
        return Err(wrong());
    }
    let mut text = String::new();
    write!(text, "{}", at.format_with_items(items.iter())).map_err(|_| wrong())?;
    Ok(text)
}
