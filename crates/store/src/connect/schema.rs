//! How far the schema of a database is, compared with what this version of Cuebook knows, and bringing it there.
//!
//! A version works with each schema that has all that it knows of. What a newer version has added does it no harm, so that
//! both can run on one database; where a newer one has taken something away, the name of its migration ends with `_needs_`
//! and the number of the migration that a version has to know to do without it.

use cuebook_migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;

use crate::error::StoreError;

/// The migrations of a database.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Schema {
    /// How many of ours were applied.
    applied: usize,
    /// Those of ours that are missing, in order.
    missing: Vec<String>,
    /// Those of a newer version.
    newer: Vec<String>,
}

impl Schema {
    /// Looks, and creates nothing: the means of migrations would create their table.
    pub(super) async fn of(db: &DatabaseConnection) -> Result<Self, StoreError> {
        let statement = Statement::from_string(
            db.get_database_backend(),
            "SELECT version FROM seaql_migrations ORDER BY version",
        );
        let found = match db.query_all_raw(statement).await {
            Ok(rows) => rows
                .iter()
                .map(|row| row.try_get_by_index(0))
                .collect::<Result<Vec<String>, _>>()?,
            Err(error) => match StoreError::from(error) {
                error @ (StoreError::Unavailable(_) | StoreError::Corrupt(_)) => return Err(error),
                // Without that table nobody has migrated yet.
                _ => Vec::new(),
            },
        };
        Ok(Self::compared(found, &known()))
    }

    fn compared(found: Vec<String>, known: &[String]) -> Self {
        let missing: Vec<String> = known
            .iter()
            .filter(|name| !found.contains(name))
            .cloned()
            .collect();
        Self {
            applied: known.len() - missing.len(),
            newer: found
                .into_iter()
                .filter(|name| !known.contains(name))
                .collect(),
            missing,
        }
    }

    /// Whether nobody has used the database yet.
    pub(super) fn is_new(&self) -> bool {
        self.applied == 0 && self.newer.is_empty()
    }

    /// What is missing, in order.
    pub(super) fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Refuses what a newer version has changed in a way that this one cannot work with.
    pub(super) fn refuse_newer(&self) -> Result<(), StoreError> {
        let ours = known().last().and_then(|name| number(name)).unwrap_or(0);
        let mut stranger = self.newer.iter().filter(|name| !works_with(ours, name));
        // One that lacks something and has something else is of another line of versions.
        let other = match (stranger.next(), self.newer.last()) {
            (None, Some(last)) if !self.missing.is_empty() => Some(last),
            (stranger, _) => stranger,
        };
        match other {
            Some(found) => Err(StoreError::NewerSchema {
                found: found.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Refuses a schema that this version cannot read.
    pub(super) fn refuse_other(&self) -> Result<(), StoreError> {
        self.refuse_newer()?;
        match self.missing.first() {
            None => Ok(()),
            Some(first) => Err(StoreError::PendingMigrations {
                first: first.clone(),
                count: self.missing.len(),
            }),
        }
    }

    /// Applies what is missing, each in a transaction of its own, and gives the names.
    pub(super) async fn complete(self, db: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
        self.refuse_newer()?;
        if !self.missing.is_empty() {
            Migrator::up(db, None).await?;
        }
        Ok(self.missing)
    }
}

fn known() -> Vec<String> {
    Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

/// Whether a version whose newest migration has the number `ours` works with what the migration `newer` has changed.
fn works_with(ours: u32, newer: &str) -> bool {
    match newer.rsplit_once("_needs_") {
        None => true,
        Some((_, needed)) => needed.parse().is_ok_and(|needed: u32| needed <= ours),
    }
}

/// The number in a migration's name, which is written `m<day>_<number>_<what>`.
fn number(name: &str) -> Option<u32> {
    name.split('_').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(found: &[&str], known: &[&str]) -> Schema {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let known: Vec<String> = owned(known);
        Schema::compared(owned(found), &known)
    }

    #[test]
    fn what_is_missing_and_what_is_newer_is_told_apart() {
        assert!(schema(&[], &["a", "b"]).is_new());
        let older = schema(&["a"], &["a", "b"]);
        assert!(!older.is_new());
        assert_eq!(older.missing(), ["b"]);
        assert!(matches!(
            older.refuse_other(),
            Err(StoreError::PendingMigrations { first, count: 1 }) if first == "b"
        ));
        let newer = schema(&["a", "b", "c"], &["a", "b"]);
        assert_eq!(newer.newer, ["c"]);
        newer.refuse_other().unwrap();
    }

    #[test]
    fn a_newer_version_may_add_but_what_it_takes_away_is_refused_by_who_still_needs_it() {
        let (old, new) = (16, 17);
        for ours in [old, new] {
            assert!(works_with(ours, "m20270101_000018_more"));
        }
        let taken = "m20270201_000019_drop_reason_needs_000017";
        assert!(!works_with(old, taken));
        assert!(works_with(new, taken));
        assert!(!works_with(new, "m20270201_000020_drop_all_needs_"));
        let last = known().last().cloned().unwrap();
        let found = schema(&[&last, "m29990101_999999_drop_needs_999998"], &[&last]);
        assert!(matches!(
            found.refuse_newer(),
            Err(StoreError::NewerSchema { .. })
        ));
    }

    #[test]
    fn a_database_of_another_line_of_versions_is_refused() {
        let other = schema(&["a", "x"], &["a", "b"]);
        assert!(matches!(
            other.refuse_newer(),
            Err(StoreError::NewerSchema { found }) if found == "x"
        ));
    }

    #[test]
    fn each_migration_has_a_number_and_they_come_in_order() {
        let numbers: Vec<u32> = known().iter().map(|name| number(name).unwrap()).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
