//! The shapes of the records, as in Ticketpark's cookbook, and what is kept out of them.

use std::collections::BTreeSet;

use chrono::DateTime;
use cuebook_pretend::{booking, person, ticket};
use serde_json::Value as Json;

fn members(record: &Json) -> Vec<&str> {
    record
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_booking_has_the_members_of_the_cookbooks_example() {
    let booking = booking("293233446073");
    assert_eq!(
        members(&booking),
        [
            "confirmation",
            "customer",
            "delivery_method",
            "payments",
            "pid",
            "pid_readable",
            "tickets",
            "updated"
        ]
    );
    assert_eq!(booking["pid"].to_string(), "293233446073");
    assert_eq!(booking["pid_readable"], "2932-3344-6073");
    assert_eq!(
        members(&booking["customer"]),
        [
            "address",
            "company",
            "email",
            "firstname",
            "lastname",
            "locale",
            "mailing",
            "newsletter",
            "pid",
            "salutation",
            "updated"
        ]
    );
    assert_eq!(
        members(&booking["customer"]["address"]),
        ["address1", "city", "country", "pid", "zip"]
    );
    assert_eq!(
        members(&booking["tickets"][0]),
        [
            "code",
            "confirmation",
            "denormalized_currency_pid",
            "denormalized_event_name",
            "denormalized_host_name",
            "denormalized_price_including_vat",
            "denormalized_price_name",
            "denormalized_sector_name",
            "denormalized_show_start",
            "denormalized_venue_name",
            "pid",
            "seat_string",
            "updated"
        ]
    );
}

#[test]
fn people_are_of_all_languages_and_reachable_nowhere() {
    let mut locales = BTreeSet::new();
    for index in 0..500 {
        let person = person(&format!("person-{index}"));
        let (_, domain) = person["email"].as_str().unwrap().split_once('@').unwrap();
        assert!(["example.com", "example.org"].contains(&domain), "{domain}");
        assert!(person["email"].as_str().unwrap().is_ascii());
        locales.insert(person["locale"].as_str().unwrap().to_owned());
    }
    assert_eq!(Vec::from_iter(locales), ["de", "en", "fr", "it"]);
}

#[test]
fn shows_are_in_the_future_at_summers_offset() {
    for index in 0..200 {
        let ticket = ticket(&format!("ticket-{index}"));
        let start = ticket["denormalized_show_start"].as_str().unwrap();
        assert!(start.ends_with(":00+0200"), "{start}");
        let at = DateTime::parse_from_str(start, "%Y-%m-%dT%H:%M:%S%z").unwrap();
        let text = at.format("%Y-%m").to_string();
        assert!(("2030-05".."2031-10").contains(&text.as_str()), "{start}");
        assert!(
            (17..=20).contains(&at.format("%H").to_string().parse::<u8>().unwrap()),
            "{start}"
        );
    }
}

#[test]
fn some_pids_are_unknown_or_forbidden() {
    assert_eq!(booking("4041"), Json::Null);
    assert_eq!(person("403"), Json::Null);
    assert_eq!(person(""), Json::Null);
}
