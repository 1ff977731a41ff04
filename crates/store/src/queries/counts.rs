//! Numbers for gauges.

use std::collections::BTreeMap;

use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Statement,
};

use crate::entities::{effects, events, runs};
use crate::error::StoreError;
use crate::reading::word as stored_word;
use crate::statements::word;
use crate::store::Store;

/// How much of everything there is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// All events.
    pub events: u64,
    /// The runs in each state; a state without any is left out.
    pub runs: BTreeMap<RunState, u64>,
    /// Sends that wait or are under way.
    pub sends_pending: u64,
    /// What the database takes up, in bytes.
    pub database_bytes: u64,
}

impl Store {
    /// Counts everything. Walks over indexes: for gauges that are asked every some seconds, not for each request.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let db = self.readers();
        let by_state: Vec<(String, i64)> = runs::Entity::find()
            .select_only()
            .column(runs::Column::State)
            .column_as(Expr::col(runs::Column::Id).count(), "number")
            .group_by(runs::Column::State)
            .into_tuple()
            .all(db)
            .await?;
        let mut runs = BTreeMap::new();
        for (state, number) in by_state {
            let state = stored_word("run's state", &state, RunState::from_word)?;
            runs.insert(state, u64::try_from(number).unwrap_or(0));
        }
        let sends_pending = effects::Entity::find()
            .filter(Expr::col(effects::Column::State).eq(word("pending")))
            .filter(Expr::col(effects::Column::DueAt).is_not_null())
            .count(db)
            .await?;
        Ok(Counts {
            events: events::Entity::find().count(db).await?,
            runs,
            sends_pending,
            database_bytes: self.database_bytes().await?,
        })
    }

    async fn database_bytes(&self) -> Result<u64, StoreError> {
        let db = self.readers();
        let backend = db.get_database_backend();
        let sql = match backend {
            DbBackend::Postgres => "SELECT pg_database_size(current_database())",
            _ => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        };
        let row = db
            .query_one_raw(Statement::from_string(backend, sql))
            .await?;
        let bytes: i64 = match row {
            Some(row) => row.try_get_by_index(0)?,
            None => 0,
        };
        Ok(u64::try_from(bytes).unwrap_or(0))
    }
}
