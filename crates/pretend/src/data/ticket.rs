//! Tickets. The shape is that of Ticketpark's cookbook.

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::prices::{self, Price};
use super::programme as on;
use super::times::updated;
use super::{pids, prices::money};

/// Where a ticket leads, and what it costs.
pub(crate) struct Facts {
    pub(crate) booking: String,
    pub(crate) show: &'static str,
    pub(crate) sector: &'static str,
    pub(crate) price: Price,
    seat: String,
}

/// What is known of the ticket `pid`.
pub(crate) fn facts(pid: &str) -> Facts {
    let booking = pids::booking_of_ticket(pid);
    let index = pids::tickets_of(&booking)
        .iter()
        .position(|ticket| ticket == pid);
    let show = on::show_of_booking(&booking);
    // One booking's seats are side by side.
    let mut together = Dice::new("booking's seats", &booking);
    let sector = together.pick(&on::PROGRAMME.sectors);
    let row = 1 + together.below(20);
    let seat = 1 + together.below(18) + index.unwrap_or_default() as u64;
    Facts {
        show,
        sector,
        price: prices::price(show, &mut Dice::new("ticket's price", pid)),
        seat: format!("{}, Reihe {row}, Platz {seat}", on::sector_name(sector)),
        booking,
    }
}

/// The ticket `pid`.
pub(crate) fn ticket(pid: &str) -> Map<String, Json> {
    let facts = facts(pid);
    let event = on::event_of_show(facts.show);
    let code = Dice::new("ticket's code", pid).below(1_000_000_000_000);
    let mut ticket = Map::new();
    for (name, value) in [
        ("pid", json!(pid)),
        ("code", json!(format!("{code:012}"))),
        ("confirmation", json!(true)),
        ("seat_string", json!(facts.seat)),
        (
            "denormalized_host_name",
            json!(on::host_name(on::host_of_event(event))),
        ),
        ("denormalized_event_name", json!(on::event_name(event))),
        (
            "denormalized_show_start",
            json!(on::start_of_show(facts.show)),
        ),
        (
            "denormalized_venue_name",
            json!(on::venue_name(on::venue_of_show(facts.show))),
        ),
        (
            "denormalized_sector_name",
            json!(on::sector_name(facts.sector)),
        ),
        ("denormalized_price_name", json!(facts.price.name)),
        (
            "denormalized_price_including_vat",
            json!(money(facts.price.rappen)),
        ),
        ("denormalized_currency_pid", json!("CHF")),
        ("updated", json!(updated("ticket updated", pid))),
    ] {
        ticket.insert(name.to_owned(), value);
    }
    ticket
}
