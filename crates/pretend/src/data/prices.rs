//! Prices, in rappen.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::pids;
use super::programme::{PROGRAMME, named};

/// The categories, each with its share of the full price in per cent.
const CATEGORIES: [(&str, u64); 4] = [
    ("Erwachsene", 100),
    ("Ermässigt", 70),
    ("Kinder", 50),
    ("Gönner", 120),
];

/// A price.
pub(crate) struct Price {
    pub(crate) pid: String,
    pub(crate) name: &'static str,
    pub(crate) rappen: u64,
}

/// The price that the choice `dice` makes for `show`.
pub(crate) fn price(show: &str, dice: &mut Dice) -> Price {
    of_show(show, usize::try_from(dice.below(4)).unwrap_or_default())
}

/// All prices of a show.
pub(crate) fn all(show: &str) -> Vec<String> {
    (0..CATEGORIES.len())
        .map(|index| of_show(show, index).pid)
        .collect()
}

/// The prices of the programme's shows: the show and the category of each pid.
static LISTED: LazyLock<HashMap<String, (&'static str, usize)>> = LazyLock::new(|| {
    let of = |show: &'static String| {
        (0..CATEGORIES.len()).map(move |index| (of_show(show, index).pid, (show.as_str(), index)))
    };
    PROGRAMME.shows.iter().flat_map(of).collect()
});

/// The price `pid`.
pub(crate) fn record(pid: &str) -> Map<String, Json> {
    let price = match LISTED.get(pid) {
        Some((show, index)) => of_show(show, *index),
        None => price(pid, &mut Dice::new("price", pid)),
    };
    let mut record = named("price updated", pid, price.name);
    record.insert("price_including_vat".to_owned(), json!(money(price.rappen)));
    record
}

/// `4500` as `45.00`.
pub(crate) fn money(rappen: u64) -> String {
    format!("{}.{:02}", rappen / 100, rappen % 100)
}

fn of_show(show: &str, index: usize) -> Price {
    let full = 3000 + Dice::new("full price", show).below(12) * 500;
    let (name, share) = CATEGORIES[index % CATEGORIES.len()];
    Price {
        pid: pids::hex16('8', &format!("{show}/{name}")),
        name,
        rappen: full * share / 100,
    }
}
