//! The event and the rule of a check: a write call, a webhook and a mail for each event.

use std::fs;
use std::io;
use std::path::Path;

/// The events' type.
pub(crate) const EVENT_TYPE: &str = "load";
/// How many bookings the events are about; those of one booking run one after another.
const BOOKINGS: u64 = 500;
/// How many effects each event has.
pub(crate) const EFFECTS: usize = 3;

/// The body of event `number`; `noise` makes its bytes its own.
pub(crate) fn body(number: u64, noise: u64) -> String {
    let blanks = " ".repeat(usize::try_from(noise % 7).unwrap_or_default());
    let booking = number % BOOKINGS;
    format!(
        "{{\"type\":\"{EVENT_TYPE}\",{blanks}\"payload\":{{\"booking_pid\":\"{booking}\",\"number\":{number},\"noise\":\"{noise:x} \u{e9}\"}}}}"
    )
}

/// Writes the rule into `folder`, with the other system at `sink`.
pub(crate) fn write_rule(folder: &Path, sink: &str) -> io::Result<()> {
    let rule = format!(
        r#"//! Tells the other system in each way there is.
//!
//! ```toml
//! budget = {{ emails = "1000000/1h" }}
//! ```
try {{
    http::post("{sink}/post", #{{ number: event.payload.number }});
}} catch (error) {{
    if error.kind != "unknown" {{ throw error; }}
}}
webhook::send("{sink}/webhook", #{{ number: event.payload.number }});
email::send(#{{ to: "guest@example.com", subject: `Number ${{event.payload.number}}`, text: "It came." }});
"#
    );
    let rules = folder.join("rules").join(EVENT_TYPE);
    fs::create_dir_all(&rules)?;
    fs::write(rules.join("tell.rhai"), rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_body_is_json_with_its_number() {
        for noise in 0..10 {
            let json: serde_json::Value = serde_json::from_str(&body(7, noise)).unwrap();
            assert_eq!(json["payload"]["number"], 7);
            assert_eq!(json["type"], EVENT_TYPE);
        }
    }
}
