//! Records and lists.

use serde_json::Value as Json;

use super::endpoint::State;
use super::reply::Reply;
use crate::collection::Collection;
use crate::filter::wants;
use crate::parameters::{Branch, Node, branch, value};
use crate::world::Standing;

/// How many records a page holds that nobody said a size of. Ticketpark does not say its own number.
const PAGE_SIZE: usize = 50;

/// `GET /<collection>/{pid}`
pub(crate) fn record(state: &State, collection: Collection, pid: &str, query: &Branch) -> Reply {
    match state.world.record(collection, pid, &properties(query)) {
        Some(record) => Reply::json(record),
        None => Reply::hidden(state.world.standing(collection, pid)),
    }
}

/// `GET /<collection>/{pid}/<children>`
pub(crate) fn children(
    state: &State,
    collection: Collection,
    pid: &str,
    name: &str,
    query: &Branch,
) -> Reply {
    let standing = state.world.standing(collection, pid);
    if standing != Standing::Known {
        return Reply::hidden(standing);
    }
    match state.world.children(collection, pid, name) {
        Some((of, pids)) => list(state, of, pids, query),
        None => Reply::status(404),
    }
}

/// `GET /<collection>`: those of `pids` that the filters want, a page of them.
pub(crate) fn list(
    state: &State,
    collection: Collection,
    pids: Vec<String>,
    query: &Branch,
) -> Reply {
    let properties = properties(query);
    let nothing = Branch::new();
    let filters = branch(query, "filters").unwrap_or(&nothing);
    // A filter looks into children that were not asked for.
    let looked_into: Vec<&str> = filters.keys().map(String::as_str).collect();
    let mut wanted = Vec::new();
    for pid in pids {
        let Some(record) = state.world.record(collection, &pid, &looked_into) else {
            continue;
        };
        match wants(filters, &record) {
            Ok(true) => wanted.push(pid),
            Ok(false) => {}
            Err(_) => return Reply::status(409),
        }
    }
    let number = |name, default| match value(query, name) {
        Some(text) => text.parse().ok(),
        None => Some(default),
    };
    let (Some(page), Some(size)) = (number("page", 0), number("maxResults", PAGE_SIZE)) else {
        return Reply::status(409);
    };
    let shown = wanted.iter().skip(page.saturating_mul(size)).take(size);
    let shown = shown.filter_map(|pid| state.world.record(collection, pid, &properties));
    Reply::json(Json::Array(shown.collect())).header("x-count", wanted.len().to_string())
}

/// The names in `properties[<name>]=true`, or `=1`.
fn properties(query: &Branch) -> Vec<&str> {
    let Some(properties) = branch(query, "properties") else {
        return Vec::new();
    };
    let asked = |node: &Node| matches!(node, Node::Value(value) if value == "true" || value == "1");
    let asked = properties.iter().filter(|(_, node)| asked(node));
    asked.map(|(name, _)| name.as_str()).collect()
}
