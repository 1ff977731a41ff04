//! Writing what rules remember: part of the transaction that ends a segment.
//!
//! The changes of a batch are folded by key in the order of its requests, so that one statement a key is run, and always in
//! the order of the keys: two nodes never wait for each other. A whole number is counted up in place by the database, which
//! makes `state::incr` exact however many nodes there are. A segment that counts up what is no number is refused as a
//! whole before anything of it is written.

use std::collections::BTreeMap;

use cuebook_core::Value;
use cuebook_core::state::{NotCountable, StateChange, StateKey};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::segment::Segment;
use super::steps::json;
use crate::entities::state;
use crate::error::StoreError;
use crate::queries::state::{columns as state_columns, value_of as state_value};
use crate::writer::Tx;

/// What a batch does to a value.
struct Folded {
    /// What the value is then, as far as this transaction can see.
    value: Option<Value>,
    /// One change that stands for all.
    change: StateChange,
}

/// The changes of a batch, gathered before any of them is written.
#[derive(Default)]
pub(super) struct Remembered(BTreeMap<StateKey, Folded>);

impl Remembered {
    /// Takes in the changes of a segment; all of them or, with an error, none.
    pub(super) async fn add(&mut self, tx: &Tx<'_>, segment: &Segment) -> Result<(), StoreError> {
        let mut own: BTreeMap<&StateKey, Folded> = BTreeMap::new();
        for (key, change) in &segment.state {
            let before = match own.remove(key) {
                Some(folded) => folded,
                None => self.folded(tx, key).await?,
            };
            own.insert(key, before.then(key, change)?);
        }
        for (key, folded) in own {
            self.0.insert(key.clone(), folded);
        }
        Ok(())
    }

    async fn folded(&self, tx: &Tx<'_>, key: &StateKey) -> Result<Folded, StoreError> {
        match self.0.get(key) {
            Some(folded) => Ok(Folded {
                value: folded.value.clone(),
                change: folded.change.clone(),
            }),
            None => Ok(Folded {
                value: state_value(tx.db, key).await?,
                change: StateChange::Add(0),
            }),
        }
    }

    /// Writes them.
    pub(super) async fn write(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        for (key, folded) in self.0 {
            match folded.change {
                StateChange::Remove => {
                    state::Entity::delete_by_id(state_columns(&key))
                        .exec(tx.db)
                        .await?;
                }
                StateChange::Set(value) => set(tx, &key, &value).await?,
                StateChange::Add(by) => add(tx, &key, by).await?,
            }
        }
        Ok(())
    }
}

impl Folded {
    fn then(self, key: &StateKey, change: &StateChange) -> Result<Self, StoreError> {
        let value = change.applied_to(&key.key, self.value)?;
        let change = match (self.change, change) {
            (StateChange::Add(sum), StateChange::Add(by)) => {
                let sum = sum.checked_add(*by).ok_or_else(|| NotCountable::TooLarge {
                    key: key.key.clone(),
                })?;
                StateChange::Add(sum)
            }
            // Upon what this transaction itself has written, the sum is known.
            (_, StateChange::Add(_)) => StateChange::Set(value.clone().unwrap_or_default()),
            (_, change) => change.clone(),
        };
        Ok(Self { value, change })
    }
}

async fn set(tx: &Tx<'_>, key: &StateKey, value: &Value) -> Result<(), StoreError> {
    let row = match value {
        Value::Int(number) => row(tx, key, Some(*number), None),
        other => row(tx, key, None, Some(json(other)?)),
    };
    let replace = on_key()
        .update_columns([
            state::Column::Number,
            state::Column::Value,
            state::Column::UpdatedAt,
        ])
        .to_owned();
    state::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(tx.db)
        .await?;
    Ok(())
}

async fn add(tx: &Tx<'_>, key: &StateKey, by: i64) -> Result<(), StoreError> {
    let number = || Expr::col((state::Entity, state::Column::Number));
    let count_up = on_key()
        .value(state::Column::Number, number().add(by))
        .update_column(state::Column::UpdatedAt)
        .action_and_where(number().is_not_null())
        .to_owned();
    let counted = state::Entity::insert(row(tx, key, Some(by), None).into_active_model())
        .on_conflict(count_up)
        .exec_without_returning(tx.db)
        .await?;
    if counted == 0 {
        // Another node has made it something else since it was looked at.
        return Err(StoreError::NotCountable(NotCountable::Kind {
            key: key.key.clone(),
            kind: "value",
        }));
    }
    Ok(())
}

fn on_key() -> OnConflict {
    OnConflict::columns([
        state::Column::Account,
        state::Column::Scope,
        state::Column::Rule,
        state::Column::Subject,
        state::Column::Captured,
        state::Column::Key,
    ])
}

fn row(tx: &Tx<'_>, key: &StateKey, number: Option<i64>, value: Option<Vec<u8>>) -> state::Model {
    let (account, scope, rule, subject, captured, key) = state_columns(key);
    state::Model {
        account,
        scope,
        rule,
        subject,
        captured,
        key,
        number,
        value,
        updated_at: tx.now_micros(),
    }
}
