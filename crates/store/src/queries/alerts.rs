//! Alerts as they were raised.

use cuebook_core::alert::{Alert, AlertKind, Trouble};
use cuebook_core::clock::from_micros;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::page::{Listed, Page};
use crate::entities::alerts;
use crate::error::StoreError;
use crate::reading::word;
use crate::store::Store;

impl Store {
    /// Lists alerts, newest first: those that last, those that do not, or all.
    pub async fn list_alerts(
        &self,
        lasting: Option<bool>,
        page: &Page,
    ) -> Result<Listed<Alert>, StoreError> {
        let mut select = alerts::Entity::find();
        let resolved = alerts::Column::ResolvedAt;
        match lasting {
            Some(true) => select = select.filter(resolved.is_null()),
            Some(false) => select = select.filter(resolved.is_not_null()),
            None => {}
        }
        let mut rows = page
            .of(select, alerts::Column::Id)
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items = rows.into_iter().map(alert_of).collect::<Result<_, _>>()?;
        Ok(Listed { items, next })
    }
}

/// The alert of a row.
pub(crate) fn alert_of(row: alerts::Model) -> Result<Alert, StoreError> {
    Ok(Alert {
        id: row.id,
        trouble: Trouble {
            kind: word("alert's kind", &row.kind, AlertKind::from_word)?,
            about: row.about,
            number: u64::try_from(row.number).unwrap_or(0),
            detail: row.detail,
        },
        raised_at: from_micros(row.raised_at),
        seen_at: from_micros(row.seen_at),
        resolved_at: row.resolved_at.map(from_micros),
        told_at: row.told_at.map(from_micros),
        error: row.error,
    })
}
