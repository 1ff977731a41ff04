//! Bookings. The shape is that of Ticketpark's cookbook; tickets, customer and payments are asked for by `properties`.

use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::pids;
use super::times::updated;

/// How many bookings lists hold.
const LISTED: u32 = 250;

/// The bookings that lists hold, in order.
pub(crate) static BOOKINGS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..LISTED).map(pids::listed_booking).collect());

/// The booking `pid`.
pub(crate) fn booking(pid: &str) -> Map<String, Json> {
    let methods = ["print-at-home", "post", "box-office"];
    let mut booking = Map::new();
    for (name, value) in [
        ("pid", written_pid(pid)),
        ("pid_readable", json!(readable(pid))),
        ("confirmation", json!(true)),
        (
            "delivery_method",
            json!(Dice::new("delivery", pid).pick(&methods)),
        ),
        ("updated", json!(updated("booking updated", pid))),
    ] {
        booking.insert(name.to_owned(), value);
    }
    booking
}

/// The person who booked.
pub(crate) fn customer(booking: &str) -> String {
    pids::person(booking)
}

/// A booking's pid as JSON: a number, where it is written as one writes numbers.
fn written_pid(pid: &str) -> Json {
    let digits = pid.bytes().all(|b| b.is_ascii_digit());
    let is_number = digits && (pid == "0" || !pid.starts_with('0'));
    match serde_json::from_str(pid) {
        Ok(number) if is_number => number,
        _ => json!(pid),
    }
}

/// `293233446073` as `2932-3344-6073`.
fn readable(pid: &str) -> String {
    let letters: Vec<char> = pid.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_is_a_number_exactly_where_it_is_written_as_one() {
        let pid = |text| booking(text)["pid"].to_string();
        assert_eq!(pid("293233446073"), "293233446073");
        assert_eq!(
            pid("123456789012345678901234567890"),
            "123456789012345678901234567890"
        );
        assert_eq!(pid("007"), "\"007\"");
        assert_eq!(pid("6445cdbe3e9509e8"), "\"6445cdbe3e9509e8\"");
        assert_eq!(
            booking("293233446073")["pid_readable"],
            json!("2932-3344-6073")
        );
    }

    #[test]
    fn no_two_listed_bookings_are_the_same() {
        let mut pids = BOOKINGS.clone();
        pids.sort();
        pids.dedup();
        assert_eq!(pids.len(), 250);
    }
}
