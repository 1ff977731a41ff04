//! Looks for troubles that a person has to know of. Each look walks over a small index only, since it is done every some
//! seconds.

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::alert::{AlertKind, Trouble};
use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::value::rfc3339;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::entities::{endpoints, events, runs};
use crate::error::StoreError;
use crate::store::Store;
use crate::transitions::{Stop, Stopped};

/// How long a run may be ready without being taken up.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// So many of the runs that have been ready longest are looked at: the first may be of rules that are paused.
const LOOKED_AT: u64 = 50;

/// Runs that wait for a person. Each half uses the index of its state.
const FAILED_RUNS: &str = "SELECT rule, CAST(SUM(n) AS BIGINT), MAX(code) FROM (\
        SELECT rule, COUNT(*) AS n, MAX(code) AS code FROM runs WHERE state = 'failed' GROUP BY rule \
        UNION ALL \
        SELECT rule, COUNT(*) AS n, MAX(code) AS code FROM runs WHERE state = 'blocked' GROUP BY rule\
    ) AS found GROUP BY rule ORDER BY rule";
/// Sends that wait for a person. A call that failed is its rule's business.
const FAILED_SENDS: &str = "SELECT kind, CAST(SUM(n) AS BIGINT) FROM (\
        SELECT kind, COUNT(*) AS n FROM effects WHERE state = 'failed' GROUP BY kind \
        UNION ALL \
        SELECT kind, COUNT(*) AS n FROM effects WHERE state = 'unknown' GROUP BY kind\
    ) AS found WHERE kind IN ('email::send', 'webhook::send', 'endpoint::deliver') GROUP BY kind ORDER BY kind";

impl Store {
    /// What troubles there are in the database. No webhook for longer than `silence` is one.
    pub async fn troubles(
        &self,
        now: Timestamp,
        silence: Option<TimeDelta>,
    ) -> Result<Vec<Trouble>, StoreError> {
        let mut troubles = self.failed_runs().await?;
        troubles.extend(self.failed_sends().await?);
        troubles.extend(self.stuck_runs(now).await?);
        troubles.extend(self.paused_endpoints().await?);
        if let Some(silence) = silence {
            troubles.extend(self.silence(now, silence).await?);
        }
        Ok(troubles)
    }

    async fn failed_runs(&self) -> Result<Vec<Trouble>, StoreError> {
        let db = self.readers();
        let query = Statement::from_string(db.get_database_backend(), FAILED_RUNS);
        let mut troubles = Vec::new();
        for row in db.query_all_raw(query).await? {
            let code: Option<String> = row.try_get_by_index(2)?;
            troubles.push(Trouble {
                kind: AlertKind::RunFailed,
                about: row.try_get_by_index(0)?,
                number: number(&row, 1)?,
                detail: format!(
                    "They wait for a person, one of them because of `{}`: look at them with `cuebook runs list --state failed`, then retry, restart or cancel them.",
                    code.as_deref().unwrap_or("unknown")
                ),
            });
        }
        Ok(troubles)
    }

    async fn failed_sends(&self) -> Result<Vec<Trouble>, StoreError> {
        let db = self.readers();
        let query = Statement::from_string(db.get_database_backend(), FAILED_SENDS);
        let mut troubles = Vec::new();
        for row in db.query_all_raw(query).await? {
            troubles.push(Trouble {
                kind: AlertKind::SendFailed,
                about: row.try_get_by_index(0)?,
                number: number(&row, 1)?,
                detail: "They were given up, or nobody knows whether they arrived: look at them with `cuebook effects list --state failed` and `--state unknown`, then retry or discard them.".to_owned(),
            });
        }
        Ok(troubles)
    }

    async fn stuck_runs(&self, now: Timestamp) -> Result<Option<Trouble>, StoreError> {
        let stops = self.stops().await?;
        let oldest: Vec<(String, Uuid)> = runs::Entity::find()
            .select_only()
            .columns([runs::Column::Rule, runs::Column::QueueKey])
            .filter(runs::Column::State.eq("ready"))
            .order_by_asc(runs::Column::QueueKey)
            .limit(LOOKED_AT)
            .into_tuple()
            .all(self.readers())
            .await?;
        let waiting = oldest.iter().filter(|(rule, _)| !is_paused(&stops, rule));
        let stuck: Vec<(&str, Timestamp)> = waiting
            .filter_map(|(rule, key)| Some((rule.as_str(), queued_at(*key)?)))
            .filter(|(_, since)| now - *since > PATIENCE)
            .collect();
        Ok(stuck.first().map(|(rule, since)| Trouble {
            kind: AlertKind::LaneStuck,
            about: String::new(),
            number: stuck.len() as u64,
            detail: format!(
                "A run of {rule} has been ready since {} and is not taken up: look whether a worker runs, and what the runs before it in its lane are doing.",
                rfc3339(*since)
            ),
        }))
    }

    async fn paused_endpoints(&self) -> Result<Vec<Trouble>, StoreError> {
        let paused: Vec<(Uuid, Option<String>)> = endpoints::Entity::find()
            .select_only()
            .columns([endpoints::Column::Id, endpoints::Column::Reason])
            .filter(endpoints::Column::State.eq("paused"))
            .filter(endpoints::Column::DeletedAt.is_null())
            .into_tuple()
            .all(self.readers())
            .await?;
        let told = paused.into_iter().map(|(id, reason)| Trouble {
            kind: AlertKind::EndpointPaused,
            about: id.to_string(),
            number: 1,
            detail: format!(
                "{} What comes for it is kept: mend it, then enable it again with `cuebook endpoints enable {id}`.",
                reason.unwrap_or_default()
            ),
        });
        Ok(told.collect())
    }

    async fn silence(
        &self,
        now: Timestamp,
        silence: TimeDelta,
    ) -> Result<Option<Trouble>, StoreError> {
        let last: Option<i64> = events::Entity::find()
            .select_only()
            .column(events::Column::ReceivedAt)
            .filter(events::Column::Origin.eq("webhook"))
            .order_by_desc(events::Column::Id)
            .limit(1)
            .into_tuple()
            .one(self.readers())
            .await?;
        // Before the first webhook there is nothing to miss.
        let Some(last) = last.filter(|last| to_micros(now - silence) > *last) else {
            return Ok(None);
        };
        Ok(Some(Trouble {
            kind: AlertKind::Silence,
            about: String::new(),
            number: 1,
            detail: format!(
                "The last one came at {}: ask Ticketpark whether webhooks are still sent to this address.",
                rfc3339(from_micros(last))
            ),
        }))
    }
}

fn number(row: &sea_orm::QueryResult, index: usize) -> Result<u64, StoreError> {
    let number: i64 = row.try_get_by_index(index)?;
    Ok(u64::try_from(number).unwrap_or(0))
}

fn is_paused(stops: &[Stop], rule: &str) -> bool {
    stops.iter().any(|stop| {
        stop.what == Stopped::Everything
            && stop
                .rule
                .as_ref()
                .is_none_or(|stopped| stopped.as_str() == rule)
    })
}

/// When a run was queued: its key tells.
fn queued_at(key: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = key.get_timestamp()?.to_unix();
    Timestamp::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}
