//! Payments: one a booking, over the total of its tickets. The names are those of the webhook `new-payment`.

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::prices::money;
use super::times::updated;
use super::{pids, ticket};

/// The payment `pid`.
pub(crate) fn payment(pid: &str) -> Map<String, Json> {
    let booking = pids::booking_of_payment(pid);
    let tickets = pids::tickets_of(&booking);
    let total = tickets
        .iter()
        .map(|ticket| ticket::facts(ticket).price.rappen)
        .sum();
    let method = *Dice::new("payment method", &booking).pick(&["invoice", "card", "twint"]);
    let mut payment = Map::new();
    for (name, value) in [
        ("pid", json!(pid)),
        ("payment_method", json!(method)),
        ("currency", json!("CHF")),
        ("amount", json!(money(total))),
        ("updated", json!(updated("payment updated", pid))),
    ] {
        payment.insert(name.to_owned(), value);
    }
    payment
}
