//! What leads from a record to others, by the names that `properties` has.

use serde_json::{Map, Value as Json};

use super::{booking, payment, person, pids, prices, programme as on, ticket};
use crate::collection::Collection;

/// What a property holds.
pub(crate) enum Child {
    /// One record.
    One(Collection, String),
    /// Several.
    Many(Collection, Vec<String>),
    /// Something that is no record of its own.
    Part(Json),
}

/// The record without its children.
pub(crate) fn record(collection: Collection, pid: &str) -> Map<String, Json> {
    match collection {
        Collection::Bookings => booking::booking(pid),
        Collection::Tickets => ticket::ticket(pid),
        Collection::Persons => person::person(pid),
        Collection::Payments => payment::payment(pid),
        Collection::Shows => on::show(pid),
        Collection::Events => on::named("event updated", pid, on::event_name(pid)),
        Collection::Venues => on::named("venue updated", pid, on::venue_name(pid)),
        Collection::Sectors => on::named("sector updated", pid, on::sector_name(pid)),
        Collection::Prices => prices::record(pid),
        Collection::Hosts => on::named("host updated", pid, on::host_name(pid)),
    }
}

/// The names of the properties that a record of `collection` has.
pub(crate) fn properties(collection: Collection) -> &'static [&'static str] {
    match collection {
        Collection::Bookings => &["customer", "tickets", "payments"],
        Collection::Tickets => &["booking", "show", "sector"],
        Collection::Payments => &["booking"],
        Collection::Shows => &["capacity", "event", "venue", "prices"],
        Collection::Events => &["shows", "host"],
        _ => &[],
    }
}

/// What the property `name` of a record holds.
pub(crate) fn child(collection: Collection, pid: &str, name: &str) -> Option<Child> {
    let one = |collection, pid: &str| Some(Child::One(collection, pid.to_owned()));
    match (collection, name) {
        (Collection::Bookings, "customer") => {
            Some(Child::One(Collection::Persons, booking::customer(pid)))
        }
        (Collection::Bookings, "tickets") => {
            Some(Child::Many(Collection::Tickets, pids::tickets_of(pid)))
        }
        (Collection::Bookings, "payments") => Some(Child::Many(
            Collection::Payments,
            vec![pids::payment_of(pid)],
        )),
        (Collection::Tickets, "booking") => one(Collection::Bookings, &ticket::facts(pid).booking),
        (Collection::Tickets, "show") => one(Collection::Shows, ticket::facts(pid).show),
        (Collection::Tickets, "sector") => one(Collection::Sectors, ticket::facts(pid).sector),
        (Collection::Payments, "booking") => {
            one(Collection::Bookings, &pids::booking_of_payment(pid))
        }
        (Collection::Shows, "capacity") => Some(Child::Part(on::capacity(pid))),
        (Collection::Shows, "event") => one(Collection::Events, on::event_of_show(pid)),
        (Collection::Shows, "venue") => one(Collection::Venues, on::venue_of_show(pid)),
        (Collection::Shows, "prices") => Some(Child::Many(Collection::Prices, prices::all(pid))),
        (Collection::Events, "shows") => {
            Some(Child::Many(Collection::Shows, on::shows_of_event(pid)))
        }
        (Collection::Events, "host") => one(Collection::Hosts, on::host_of_event(pid)),
        _ => None,
    }
}

/// The pids that a list of `collection` holds when nobody edited anything.
pub(crate) fn listed(collection: Collection) -> Vec<String> {
    let bookings = booking::BOOKINGS.iter();
    match collection {
        Collection::Bookings => bookings.cloned().collect(),
        Collection::Tickets => bookings.flat_map(|pid| pids::tickets_of(pid)).collect(),
        Collection::Persons => bookings.map(|pid| booking::customer(pid)).collect(),
        Collection::Payments => bookings.map(|pid| pids::payment_of(pid)).collect(),
        Collection::Shows => on::PROGRAMME.shows.clone(),
        Collection::Events => on::PROGRAMME.events.clone(),
        Collection::Venues => on::PROGRAMME.venues.clone(),
        Collection::Sectors => on::PROGRAMME.sectors.clone(),
        Collection::Prices => on::PROGRAMME
            .shows
            .iter()
            .flat_map(|show| prices::all(show))
            .collect(),
        Collection::Hosts => on::PROGRAMME.hosts.clone(),
    }
}
