//! What was changed since the start: it lies over the made-up data, in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use crate::collection::Collection;

/// What was changed about one record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edit {
    pub(crate) changes: Map<String, Json>,
    pub(crate) updated: Option<DateTime<Utc>>,
    pub(crate) gone: bool,
}

/// All changes.
#[derive(Debug, Default)]
pub(crate) struct Edits(Mutex<BTreeMap<(Collection, String), Edit>>);

impl Edits {
    /// What was changed about a record, if anything.
    pub(crate) fn of(&self, collection: Collection, pid: &str) -> Option<Edit> {
        self.lock().get(&(collection, pid.to_owned())).cloned()
    }

    /// Changes a record at `now`; it stands again if it was gone.
    pub(crate) fn change(
        &self,
        collection: Collection,
        pid: &str,
        changes: Map<String, Json>,
        now: DateTime<Utc>,
    ) {
        let mut edits = self.lock();
        let edit = edits.entry((collection, pid.to_owned())).or_default();
        edit.gone = false;
        edit.updated = Some(now);
        for (name, value) in changes {
            merge(&mut edit.changes, name, value);
        }
    }

    /// Takes a record away.
    pub(crate) fn remove(&self, collection: Collection, pid: &str) {
        let mut edits = self.lock();
        edits.entry((collection, pid.to_owned())).or_default().gone = true;
    }

    /// The pids of the records of `collection` that were changed and stand.
    pub(crate) fn changed(&self, collection: Collection) -> Vec<String> {
        let edits = self.lock();
        let of_collection = edits.iter().filter(|((of, _), _)| *of == collection);
        let standing = of_collection.filter(|(_, edit)| !edit.gone);
        standing.map(|((_, pid), _)| pid.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Collection, String), Edit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets a member; of an object, such as an address, only what is given.
pub(crate) fn merge(record: &mut Map<String, Json>, name: String, value: Json) {
    match (record.get_mut(&name), value) {
        (Some(Json::Object(old)), Json::Object(new)) => old.extend(new),
        (_, value) => {
            record.insert(name, value);
        }
    }
}
