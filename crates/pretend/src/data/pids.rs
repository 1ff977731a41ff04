//! Pids, and how a ticket's or a payment's pid leads back to its booking.
//!
//! Three ways, so that any pid of either kind has a booking that lists it:
//! 1. a booking whose pid is a number has tickets `6` and payments `5` + 15 hex digits, a scrambled number that is read back;
//! 2. a booking with any other pid has tickets `b…` and payments `c…` that hold its pid in hex;
//! 3. a pid of neither shape has a booking made for it, whose number holds the pid: `7` (ticket) or `8` (payment) and each of its bytes as
//!    three digits.
//!
//! No pid made here begins with `403` or `404`.

use super::dice::Dice;
use super::scramble::{END, scramble, unscramble};

const TICKET: u64 = 1;
const PAYMENT: u64 = 2;
/// How many tickets a booking has, by its last digit.
const COUNTS: [u64; 10] = [2, 1, 2, 4, 2, 3, 2, 6, 1, 2];
const COUNT_OF_TEN: u64 = 25;
/// Numbers below this have tickets of the first shape.
const TICKET_BOOKINGS: u64 = END / COUNT_OF_TEN * 10;
/// A booking made for a foreign pid has this many digits at least, which is more than 64 bits hold.
const LEAST_GROUPS: usize = 8;

/// The pids of a booking's tickets.
pub(crate) fn tickets_of(booking: &str) -> Vec<String> {
    if let Some(ticket) = foreign_in(booking, '7') {
        return vec![ticket];
    }
    let Some(number) = number(booking).filter(|number| *number < TICKET_BOOKINGS) else {
        let count = 1 + Dice::new("ticket count", booking).below(4);
        let stem = hex::encode(booking);
        return (0..count)
            .map(|index| format!("b{stem}{index:x}"))
            .collect();
    };
    let first = number / 10 * COUNT_OF_TEN + start(number % 10);
    let slots = first..first + count(number);
    slots
        .map(|slot| format!("6{:015x}", scramble(TICKET, slot)))
        .collect()
}

/// The pid of the booking that lists `ticket`.
pub(crate) fn booking_of_ticket(ticket: &str) -> String {
    own_booking_of_ticket(ticket).unwrap_or_else(|| made_for('7', ticket))
}

/// The pid of a booking's payment.
pub(crate) fn payment_of(booking: &str) -> String {
    if let Some(payment) = foreign_in(booking, '8') {
        return payment;
    }
    match number(booking).filter(|number| *number < END) {
        Some(number) => format!("5{:015x}", scramble(PAYMENT, number)),
        None => format!("c{}", hex::encode(booking)),
    }
}

/// The pid of the booking that lists `payment`.
pub(crate) fn booking_of_payment(payment: &str) -> String {
    own_booking_of_payment(payment).unwrap_or_else(|| made_for('8', payment))
}

/// A person's pid: an upper-case UUID.
pub(crate) fn person(seed: &str) -> String {
    let mut dice = Dice::new("person pid", seed);
    let bits = u128::from(dice.bits()) << 64 | u128::from(dice.bits());
    let hex = format!("{bits:032X}");
    let first = if hex.starts_with('4') { "A" } else { &hex[..1] };
    format!(
        "{first}{}-{}-4{}-A{}-{}",
        &hex[1..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// The pid of a made-up record of another kind: 16 hex digits, of which `digit`, which is not 4, is the first.
pub(crate) fn hex16(digit: char, seed: &str) -> String {
    let bits = Dice::new("pid", &format!("{digit}{seed}")).bits();
    format!("{digit}{:015x}", bits >> 4)
}

/// The number of booking `index` of those in lists: 12 digits.
pub(crate) fn listed_booking(index: u32) -> String {
    let bits = Dice::new("listed booking", &index.to_string()).below(10_000_000_000);
    format!("29{bits:010}")
}

fn own_booking_of_ticket(ticket: &str) -> Option<String> {
    if let Some(scrambled) = short(ticket, '6') {
        let slot = unscramble(TICKET, scrambled);
        let within = slot % COUNT_OF_TEN;
        let digit = (0..10).rfind(|digit| start(*digit) <= within)?;
        let number = slot / COUNT_OF_TEN * 10 + digit;
        return (number < TICKET_BOOKINGS).then(|| number.to_string());
    }
    let stem = ticket.strip_prefix('b')?;
    let (stem, _index) = stem.split_at_checked(stem.len().checked_sub(1)?)?;
    let booking = String::from_utf8(hex::decode(stem).ok()?).ok()?;
    // Only what `tickets_of` really makes counts.
    tickets_of(&booking)
        .iter()
        .any(|made| made == ticket)
        .then_some(booking)
}

fn own_booking_of_payment(payment: &str) -> Option<String> {
    if let Some(scrambled) = short(payment, '5') {
        return Some(unscramble(PAYMENT, scrambled).to_string());
    }
    let booking = String::from_utf8(hex::decode(payment.strip_prefix('c')?).ok()?).ok()?;
    (payment_of(&booking) == payment).then_some(booking)
}

/// The pid in the number of a booking that was made for it.
fn foreign_in(booking: &str, kind: char) -> Option<String> {
    let pid = foreign_digits(booking, kind)?;
    let own = match kind {
        '7' => own_booking_of_ticket(&pid),
        _ => own_booking_of_payment(&pid),
    };
    own.is_none().then_some(pid)
}

fn foreign_digits(booking: &str, kind: char) -> Option<String> {
    let digits = booking.strip_prefix(kind)?;
    if !digits.len().is_multiple_of(3) || digits.len() < 3 * LEAST_GROUPS {
        return None;
    }
    let bytes = digits.as_bytes().chunks(3).map(|group| {
        let text = std::str::from_utf8(group).ok()?;
        text.parse::<u8>().ok().filter(|_| !text.starts_with('+'))
    });
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    let pid: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    let pid = String::from_utf8(pid).ok()?;
    (!pid.is_empty() && made_for(kind, &pid) == booking).then_some(pid)
}

fn made_for(kind: char, pid: &str) -> String {
    let padding = "000".repeat(LEAST_GROUPS.saturating_sub(pid.len()));
    let digits: Vec<String> = pid.bytes().map(|byte| format!("{byte:03}")).collect();
    format!("{kind}{padding}{}", digits.concat())
}

/// The number that a pid is, if it is written as one writes numbers.
fn number(pid: &str) -> Option<u64> {
    let number: u64 = pid.parse().ok()?;
    (number.to_string() == pid).then_some(number)
}

/// The scrambled number in a pid of `digit` and 15 hex digits.
fn short(pid: &str, digit: char) -> Option<u64> {
    let hex = pid.strip_prefix(digit)?;
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if hex.len() != 15 || !hex.bytes().all(is_hex) {
        return None;
    }
    u64::from_str_radix(hex, 16).ok()
}

fn count(number: u64) -> u64 {
    start(number % 10 + 1) - start(number % 10)
}

/// How many tickets the bookings before last digit `digit` have, of ten.
fn start(digit: u64) -> u64 {
    COUNTS.iter().zip(0..digit).map(|(count, _)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIDS: [&str; 16] = [
        "0",
        "1",
        "2932",
        "293233446073",
        "007",
        "18446744073709551615",
        "9007199254740993",
        "123456789012345678901234567890",
        "6445cdbe3e9509e8",
        "5f1d2a9c00e4b7a1",
        "ABCDEF0123456789",
        "b",
        "c",
        "ticket-1",
        "Zürich",
        "b61",
    ];

    #[test]
    fn any_booking_is_found_from_its_tickets_and_its_payment() {
        for pid in PIDS {
            let tickets = tickets_of(pid);
            assert!((1..=6).contains(&tickets.len()), "{pid}");
            for ticket in tickets {
                assert_eq!(booking_of_ticket(&ticket), pid, "{ticket}");
            }
            assert_eq!(booking_of_payment(&payment_of(pid)), pid);
        }
    }

    #[test]
    fn any_ticket_and_any_payment_are_in_their_booking() {
        let nested: Vec<String> = PIDS.iter().map(|pid| made_for('7', pid)).collect();
        for pid in PIDS.into_iter().chain(nested.iter().map(String::as_str)) {
            let booking = booking_of_ticket(pid);
            assert!(
                tickets_of(&booking).contains(&pid.to_owned()),
                "{pid} in {booking}"
            );
            assert_eq!(payment_of(&booking_of_payment(pid)), pid);
        }
    }

    #[test]
    fn pids_have_the_shapes_of_the_documentation() {
        let ticket = &tickets_of("293233446073")[0];
        assert!(ticket.len() == 16 && ticket.starts_with('6'), "{ticket}");
        let person = person("293233446073");
        let lengths: Vec<usize> = person.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(person, person.to_uppercase());
    }
}
