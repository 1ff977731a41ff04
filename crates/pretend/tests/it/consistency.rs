//! From a booking to its customer, tickets and payment, and back, for pids of all sorts.

use cuebook_pretend::{booking, event, payment, person, show, ticket};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// Pids as numbers of any length, hex, UUIDs and words; none is unknown or forbidden.
fn pids(what: &str) -> Vec<String> {
    let pids = (0..1000_u32).map(|index| {
        let hash = hex::encode(Sha256::digest(format!("{what}/{index}")));
        let number = u64::from_str_radix(&hash[..16], 16).unwrap();
        match index % 6 {
            0 => format!("{}", number % 1_000_000_000_000),
            1 => format!("{number}"),
            2 => format!("{number}{number}"),
            3 => hash[..16].to_owned(),
            4 => format!("6{}", &hash[..15]),
            _ => format!("{}-{}", &hash[..8].to_uppercase(), &hash[8..12]),
        }
    });
    let hidden = |pid: &String| pid.starts_with("403") || pid.starts_with("404");
    pids.filter(|pid| !hidden(pid)).collect()
}

fn text(pid: &Json) -> String {
    pid.as_str().map_or_else(|| pid.to_string(), str::to_owned)
}

fn rappen(amount: &Json) -> u64 {
    let (francs, rest) = amount.as_str().unwrap().split_once('.').unwrap();
    assert_eq!(rest.len(), 2);
    francs.parse::<u64>().unwrap() * 100 + rest.parse::<u64>().unwrap()
}

/// The record without the properties that were asked for with it.
fn plain(record: &Json, properties: &[&str]) -> Json {
    let mut record = record.clone();
    for name in properties {
        record.as_object_mut().unwrap().remove(*name);
    }
    record
}

const OF_TICKETS: [&str; 3] = ["booking", "show", "sector"];
const OF_BOOKINGS: [&str; 3] = ["customer", "tickets", "payments"];

#[test]
fn a_bookings_customer_is_the_person_of_that_pid() {
    for pid in pids("customer") {
        let booking = booking(&pid);
        assert_eq!(text(&booking["pid"]), pid);
        let customer = &booking["customer"];
        assert_eq!(
            *customer,
            person(customer["pid"].as_str().unwrap()),
            "{pid}"
        );
    }
}

#[test]
fn a_bookings_tickets_name_the_booking_and_their_prices_add_up_to_its_payment() {
    for pid in pids("tickets") {
        let booking = booking(&pid);
        let mut total = 0;
        for listed in booking["tickets"].as_array().unwrap() {
            let ticket = ticket(listed["pid"].as_str().unwrap());
            assert_eq!(*listed, plain(&ticket, &OF_TICKETS), "{pid}");
            assert_eq!(ticket["booking"], plain(&booking, &OF_BOOKINGS), "{pid}");
            assert_eq!(ticket["denormalized_show_start"], ticket["show"]["start"]);
            total += rappen(&listed["denormalized_price_including_vat"]);
        }
        let [paid] = booking["payments"].as_array().unwrap().as_slice() else {
            panic!("{pid}")
        };
        assert_eq!(rappen(&paid["amount"]), total, "{pid}");
        assert_eq!(
            *paid,
            plain(&payment(paid["pid"].as_str().unwrap()), &["booking"])
        );
    }
}

#[test]
fn any_ticket_and_any_payment_is_in_the_booking_that_it_names() {
    let mut seen = 0;
    for pid in pids("from outside") {
        for (record, list) in [(ticket(&pid), "tickets"), (payment(&pid), "payments")] {
            // Unknown only where its booking is.
            if record.is_null() {
                continue;
            }
            seen += 1;
            let booking = booking(&text(&record["booking"]["pid"]));
            let listed = booking[list].as_array().unwrap();
            assert!(
                listed.iter().any(|listed| listed["pid"] == json!(pid)),
                "{pid}"
            );
        }
    }
    assert!(seen > 1900, "{seen}");
}

#[test]
fn shows_lead_to_events_and_back_and_their_capacities_add_up() {
    for pid in pids("shows") {
        let show = show(&pid);
        let event = event(show["event"]["pid"].as_str().unwrap());
        for listed in event["shows"].as_array().unwrap() {
            let back = cuebook_pretend::show(listed["pid"].as_str().unwrap());
            assert_eq!(back["event"]["pid"], event["pid"]);
        }
        let count = |part: &str, what: &str| show["capacity"][part][what].as_u64().unwrap();
        for part in ["total", "public"] {
            assert_eq!(
                count(part, "total"),
                count(part, "sold") + count(part, "available")
            );
        }
        assert!(count("public", "sold") <= count("total", "sold"));
        assert!(count("public", "available") <= count("total", "available"));
    }
}
