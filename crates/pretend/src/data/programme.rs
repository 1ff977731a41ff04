//! What is on: two hosts, three venues, five events, twelve shows. Bookings are for these; another pid of the same kind
//! has a record as well, made of the same names.

use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::pids;
use super::times::{show_start, updated};

const HOSTS: [&str; 2] = ["Seebühne Thun", "Théâtre de la Grenette"];
const VENUES: [&str; 3] = ["Seebühne", "Kulturhof Schloss", "Salle de la Grenette"];
const EVENTS: [&str; 5] = [
    "Der Besuch der alten Dame",
    "Ein Sommernachtstraum",
    "Le Petit Prince",
    "La Traviata",
    "Improvisiert!",
];
const SECTORS: [&str; 3] = ["Parkett", "Rang", "Loge"];
const SHOWS: usize = 12;

/// The pids of one kind of record in the programme.
pub(crate) struct Programme {
    pub(crate) hosts: Vec<String>,
    pub(crate) venues: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) shows: Vec<String>,
    pub(crate) sectors: Vec<String>,
}

/// The programme.
pub(crate) static PROGRAMME: LazyLock<Programme> = LazyLock::new(|| {
    let pids = |digit, count| -> Vec<String> {
        (0..count)
            .map(|index: usize| pids::hex16(digit, &index.to_string()))
            .collect()
    };
    Programme {
        hosts: pids('9', HOSTS.len()),
        venues: pids('3', VENUES.len()),
        events: pids('2', EVENTS.len()),
        shows: pids('1', SHOWS),
        sectors: pids('7', SECTORS.len()),
    }
});

/// The show that a booking is for.
pub(crate) fn show_of_booking(booking: &str) -> &'static str {
    Dice::new("booking's show", booking).pick::<String>(&PROGRAMME.shows)
}

/// The event that a show is of.
pub(crate) fn event_of_show(show: &str) -> &'static str {
    let index = index(&PROGRAMME.shows, "show's event", show);
    &PROGRAMME.events[index % EVENTS.len()]
}

/// The venue that a show is at.
pub(crate) fn venue_of_show(show: &str) -> &'static str {
    let index = index(&PROGRAMME.shows, "show's venue", show);
    &PROGRAMME.venues[index % VENUES.len()]
}

/// Who puts an event on.
pub(crate) fn host_of_event(event: &str) -> &'static str {
    let index = index(&PROGRAMME.events, "event's host", event);
    &PROGRAMME.hosts[usize::from(index == 2)]
}

/// The shows of an event that are in the programme.
pub(crate) fn shows_of_event(event: &str) -> Vec<String> {
    let shows = PROGRAMME.shows.iter();
    shows
        .filter(|show| event_of_show(show) == event)
        .cloned()
        .collect()
}

pub(crate) fn host_name(pid: &str) -> &'static str {
    HOSTS[index(&PROGRAMME.hosts, "host", pid) % HOSTS.len()]
}

pub(crate) fn venue_name(pid: &str) -> &'static str {
    VENUES[index(&PROGRAMME.venues, "venue", pid) % VENUES.len()]
}

pub(crate) fn event_name(pid: &str) -> &'static str {
    EVENTS[index(&PROGRAMME.events, "event", pid) % EVENTS.len()]
}

pub(crate) fn sector_name(pid: &str) -> &'static str {
    SECTORS[index(&PROGRAMME.sectors, "sector", pid) % SECTORS.len()]
}

pub(crate) fn start_of_show(pid: &str) -> String {
    show_start(&mut Dice::new("show's start", pid))
}

/// A record of which only the name is known.
pub(crate) fn named(what: &str, pid: &str, name: &str) -> Map<String, Json> {
    let mut record = Map::new();
    record.insert("pid".to_owned(), json!(pid));
    record.insert("name".to_owned(), json!(name));
    record.insert("updated".to_owned(), json!(updated(what, pid)));
    record
}

/// A show: its event's name and its start.
pub(crate) fn show(pid: &str) -> Map<String, Json> {
    let mut show = named("show updated", pid, event_name(event_of_show(pid)));
    show.insert("start".to_owned(), json!(start_of_show(pid)));
    show
}

/// A show's capacity: what there is, and what of it the public may buy.
pub(crate) fn capacity(show: &str) -> Json {
    let mut dice = Dice::new("capacity", show);
    let total = 200 + dice.below(10) * 20;
    let kept = 20 + dice.below(3) * 10;
    let kept_sold = dice.below(kept + 1);
    let open = total - kept;
    let open_sold = dice.below(open + 1);
    let part =
        |total: u64, sold: u64| json!({"total": total, "sold": sold, "available": total - sold});
    json!({"total": part(total, open_sold + kept_sold), "public": part(open, open_sold)})
}

/// The place of `pid` in the programme, or any other number that is always the same for it.
fn index(listed: &[String], what: &str, pid: &str) -> usize {
    let place = listed.iter().position(|listed| listed == pid);
    place.unwrap_or_else(|| usize::try_from(Dice::new(what, pid).below(1000)).unwrap_or_default())
}
