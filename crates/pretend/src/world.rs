//! The records as they stand: the made-up data with the edits over it.

use serde_json::{Map, Value as Json};

use crate::collection::Collection;
use crate::data::relations::{self, Child};
use crate::data::{pids, programme, written_time};
use crate::edits::{Edits, merge};

/// Whether a record can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can.
    Known,
    /// There is none.
    Unknown,
    /// The user may not see it.
    Forbidden,
}

/// The records.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) edits: Edits,
}

impl World {
    /// Whether a record can be seen. A ticket or payment is seen where its booking is.
    pub(crate) fn standing(&self, collection: Collection, pid: &str) -> Standing {
        if pid.starts_with("403") {
            return Standing::Forbidden;
        }
        match self.edits.of(collection, pid) {
            Some(edit) if edit.gone => return Standing::Unknown,
            None if pid.starts_with("404") || pid.is_empty() => return Standing::Unknown,
            _ => {}
        }
        match collection {
            Collection::Tickets => {
                self.standing(Collection::Bookings, &pids::booking_of_ticket(pid))
            }
            Collection::Payments => {
                self.standing(Collection::Bookings, &pids::booking_of_payment(pid))
            }
            _ => Standing::Known,
        }
    }

    /// A record with those of its `properties` that it has; `None` where it cannot be seen.
    pub(crate) fn record(
        &self,
        collection: Collection,
        pid: &str,
        properties: &[&str],
    ) -> Option<Json> {
        if self.standing(collection, pid) != Standing::Known {
            return None;
        }
        let mut record = self.plain(collection, pid);
        for name in properties {
            if let Some(child) = self.child(collection, pid, name) {
                record.insert((*name).to_owned(), self.resolve(child));
            }
        }
        Some(Json::Object(record))
    }

    /// The pids that a list of `collection` holds: the fixed ones, then what was edited besides.
    pub(crate) fn listed(&self, collection: Collection) -> Vec<String> {
        let mut pids = relations::listed(collection);
        let changed = self.edits.changed(collection);
        let further: Vec<String> = changed
            .into_iter()
            .filter(|pid| !pids.contains(pid))
            .collect();
        pids.extend(further);
        pids.retain(|pid| self.standing(collection, pid) == Standing::Known);
        pids
    }

    /// The pids of the child records called `name`; `None` where there is no such list.
    pub(crate) fn children(
        &self,
        collection: Collection,
        pid: &str,
        name: &str,
    ) -> Option<(Collection, Vec<String>)> {
        match self.child(collection, pid, name)? {
            Child::Many(of, mut pids) => {
                pids.retain(|pid| self.standing(of, pid) == Standing::Known);
                Some((of, pids))
            }
            _ => None,
        }
    }

    fn plain(&self, collection: Collection, pid: &str) -> Map<String, Json> {
        let mut record = relations::record(collection, pid);
        let Some(edit) = self.edits.of(collection, pid) else {
            return record;
        };
        let children = relations::properties(collection);
        for (name, value) in edit.changes {
            if name != "pid" && !children.contains(&name.as_str()) {
                merge(&mut record, name, value);
            }
        }
        if let Some(updated) = edit.updated {
            record.insert("updated".to_owned(), Json::String(written_time(updated)));
        }
        record
    }

    fn child(&self, collection: Collection, pid: &str, name: &str) -> Option<Child> {
        if (collection, name) == (Collection::Events, "bookings") {
            return Some(Child::Many(
                Collection::Bookings,
                self.bookings_of_event(pid),
            ));
        }
        let child = relations::child(collection, pid, name)?;
        let edited = self.edits.of(collection, pid);
        let edited = edited.and_then(|edit| linked_pid(edit.changes.get(name)?));
        Some(match (child, edited) {
            (Child::One(of, _), Some(pid)) => Child::One(of, pid),
            (child, _) => child,
        })
    }

    fn resolve(&self, child: Child) -> Json {
        match child {
            Child::Part(part) => part,
            Child::One(of, pid) => self.record(of, &pid, &[]).unwrap_or_default(),
            Child::Many(of, pids) => Json::Array(
                pids.iter()
                    .filter_map(|pid| self.record(of, pid, &[]))
                    .collect(),
            ),
        }
    }

    fn bookings_of_event(&self, event: &str) -> Vec<String> {
        let of_event =
            |pid: &String| programme::event_of_show(programme::show_of_booking(pid)) == event;
        self.listed(Collection::Bookings)
            .into_iter()
            .filter(of_event)
            .collect()
    }
}

/// The pid that a written link points to: the pid itself, or an object that has it.
pub(crate) fn linked_pid(link: &Json) -> Option<String> {
    match link {
        Json::String(pid) => Some(pid.clone()),
        Json::Number(pid) => Some(pid.to_string()),
        Json::Object(object) => linked_pid(object.get("pid")?),
        _ => None,
    }
}

/// A record as the server gives it when nobody edited anything, with all its properties; `null` where it is unknown or
/// forbidden.
pub fn record(collection: Collection, pid: &str) -> Json {
    let properties = relations::properties(collection);
    World::default()
        .record(collection, pid, properties)
        .unwrap_or_default()
}

/// The booking `pid` with its customer, tickets and payments.
pub fn booking(pid: &str) -> Json {
    record(Collection::Bookings, pid)
}

/// The ticket `pid` with its booking, show and sector.
pub fn ticket(pid: &str) -> Json {
    record(Collection::Tickets, pid)
}

/// The person `pid`.
pub fn person(pid: &str) -> Json {
    record(Collection::Persons, pid)
}

/// The payment `pid` with its booking.
pub fn payment(pid: &str) -> Json {
    record(Collection::Payments, pid)
}

/// The show `pid` with its capacity, event, venue and prices.
pub fn show(pid: &str) -> Json {
    record(Collection::Shows, pid)
}

/// The event `pid` with its shows and host.
pub fn event(pid: &str) -> Json {
    record(Collection::Events, pid)
}

/// The venue `pid`.
pub fn venue(pid: &str) -> Json {
    record(Collection::Venues, pid)
}

/// The host `pid`.
pub fn host(pid: &str) -> Json {
    record(Collection::Hosts, pid)
}
