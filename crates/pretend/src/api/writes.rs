//! Making, editing and deleting records.

use serde_json::{Map, Value as Json};

use super::endpoint::State;
use super::reply::Reply;
use crate::collection::Collection;
use crate::data::pids;
use crate::world::{Standing, linked_pid};

/// `POST /<collection>`: one object, or an array of them that is done as a batch.
pub(crate) fn create(state: &State, collection: Collection, body: Option<Json>) -> Reply {
    match body {
        Some(Json::Object(changes)) => {
            let pid = new_pid(collection, state.next_made());
            if let Err(refusal) = acceptable(state, collection, &pid, &changes) {
                return refusal;
            }
            save(state, collection, &pid, changes);
            let location = format!("{}/{}/{pid}", state.url, collection.as_str());
            Reply::status(201).header("location", location)
        }
        Some(Json::Array(items)) => {
            let named = items
                .into_iter()
                .map(|item| (new_pid(collection, state.next_made()), item));
            several(state, collection, named.collect())
        }
        _ => Reply::status(409),
    }
}

/// `PATCH /<collection>/{pid}`
pub(crate) fn edit(state: &State, collection: Collection, pid: &str, body: Option<Json>) -> Reply {
    let standing = state.world.standing(collection, pid);
    if standing != Standing::Known {
        return Reply::hidden(standing);
    }
    let Some(Json::Object(changes)) = body else {
        return Reply::status(409);
    };
    if let Err(refusal) = acceptable(state, collection, pid, &changes) {
        return refusal;
    }
    save(state, collection, pid, changes);
    Reply::status(204)
}

/// `PATCH /<collection>/`: an array of objects, each with its pid.
pub(crate) fn edit_several(state: &State, collection: Collection, body: Option<Json>) -> Reply {
    let Some(Json::Array(items)) = body else {
        return Reply::status(409);
    };
    let mut named = Vec::new();
    for item in items {
        let Some(pid) = item.get("pid").and_then(linked_pid) else {
            return Reply::status(409);
        };
        let standing = state.world.standing(collection, &pid);
        if standing != Standing::Known {
            return Reply::hidden(standing);
        }
        named.push((pid, item));
    }
    several(state, collection, named)
}

/// `DELETE /<collection>/{pid}`
pub(crate) fn delete(state: &State, collection: Collection, pid: &str) -> Reply {
    let standing = state.world.standing(collection, pid);
    if standing != Standing::Known {
        return Reply::hidden(standing);
    }
    state.world.edits.remove(collection, pid);
    Reply::status(204)
}

/// All of a batch, or nothing of it.
fn several(state: &State, collection: Collection, named: Vec<(String, Json)>) -> Reply {
    let mut accepted = Vec::new();
    for (pid, item) in named {
        let Json::Object(changes) = item else {
            return Reply::status(409);
        };
        if let Err(refusal) = acceptable(state, collection, &pid, &changes) {
            return refusal;
        }
        accepted.push((pid, changes));
    }
    for (pid, changes) in accepted {
        save(state, collection, &pid, changes);
    }
    let batch = state.next_made();
    let location = format!("{}/{}?batchId={batch}", state.url, collection.as_str());
    Reply::status(202).header("location", location)
}

fn save(state: &State, collection: Collection, pid: &str, changes: Map<String, Json>) {
    state
        .world
        .edits
        .change(collection, pid, changes, (state.now)());
}

/// 409 for a payload that cannot be handled: nothing in it, another pid than the record's, or a text where an object stands and
/// the other way round. 404 or 403 for a pid in it that is unknown or forbidden.
fn acceptable(
    state: &State,
    collection: Collection,
    pid: &str,
    changes: &Map<String, Json>,
) -> Result<(), Reply> {
    if changes.is_empty() {
        return Err(Reply::status(409));
    }
    let now = crate::data::relations::record(collection, pid);
    for (name, value) in changes {
        if name == "pid" {
            if linked_pid(value).as_deref() != Some(pid) {
                return Err(Reply::status(409));
            }
        } else if let Some(of) = Collection::of_link(name)
            && let Some(linked) = linked_pid(value)
        {
            let standing = state.world.standing(of, &linked);
            if standing != Standing::Known {
                return Err(Reply::hidden(standing));
            }
        } else if let Some(current) = now.get(name)
            && is_nested(current) != is_nested(value)
            && !value.is_null()
            && !current.is_null()
        {
            return Err(Reply::status(409));
        }
    }
    Ok(())
}

fn is_nested(value: &Json) -> bool {
    value.is_object() || value.is_array()
}

fn new_pid(collection: Collection, number: u64) -> String {
    let seed = format!("made/{number}");
    match collection {
        Collection::Bookings => format!("31{number:010}"),
        Collection::Persons => pids::person(&seed),
        Collection::Tickets => pids::hex16('6', &seed),
        Collection::Payments => pids::hex16('5', &seed),
        Collection::Shows => pids::hex16('1', &seed),
        Collection::Events => pids::hex16('2', &seed),
        Collection::Venues => pids::hex16('3', &seed),
        Collection::Sectors => pids::hex16('7', &seed),
        Collection::Prices => pids::hex16('8', &seed),
        Collection::Hosts => pids::hex16('9', &seed),
    }
}
