//! Persons. The shape is that of the customer in Ticketpark's cookbook.

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::names::{COMPANIES, Names, SHARES, plain};
use super::pids;
use super::times::updated;

/// The person `pid`, address included.
pub(crate) fn person(pid: &str) -> Map<String, Json> {
    let mut dice = Dice::new("person", pid);
    let names = *dice.pick(&SHARES);
    let is_man = dice.below(2);
    let (salutation, first) = match is_man {
        0 => (names.salutations[0], *dice.pick(names.women)),
        _ => (names.salutations[1], *dice.pick(names.men)),
    };
    let last = *dice.pick(names.families);
    let company = (dice.below(8) == 0).then(|| *dice.pick(&COMPANIES));
    let number = dice.below(1000);
    let domain = dice.pick(&["example.com", "example.org"]);
    let mut person = Map::new();
    for (name, value) in [
        ("pid", json!(pid)),
        ("salutation", json!(salutation)),
        ("firstname", json!(first)),
        ("lastname", json!(last)),
        ("company", json!(company)),
        (
            "email",
            json!(format!("{}.{}{number}@{domain}", plain(first), plain(last))),
        ),
        ("newsletter", json!(dice.below(3) == 0)),
        ("mailing", json!(dice.below(4) == 0)),
        ("locale", json!(names.locale)),
        ("address", address(pid, names, &mut dice)),
        ("updated", json!(updated("person updated", pid))),
    ] {
        person.insert(name.to_owned(), value);
    }
    person
}

fn address(person: &str, names: &Names, dice: &mut Dice) -> Json {
    let (zip, city) = dice.pick(names.towns);
    let house = 1 + dice.below(80);
    json!({
        "pid": pids::hex16('a', person),
        "address1": format!("{} {house}", dice.pick(names.streets)),
        "zip": zip,
        "city": city,
        "country": "CH",
    })
}
