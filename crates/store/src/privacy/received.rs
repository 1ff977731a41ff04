//! What others had received of a person's data: the operator may have to tell them. It is read before it is erased, and
//! kept without an address: the host that got it, and when.

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::counts::its_effects;
use crate::entities::{effects, privacy_received};
use crate::error::StoreError;
use crate::store::Store;

/// Something that somebody outside got, or may have got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The effect.
    pub effect: Uuid,
    /// Its function, or what forwards to endpoints.
    pub kind: String,
    /// The host that got it: of a mail the part behind the `@`.
    pub host: String,
    /// `done`, or `unknown` where nobody can say whether it arrived.
    pub state: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// What others had received of what a request has found, the first `limit` by time.
    pub async fn privacy_received(
        &self,
        request: Uuid,
        limit: u64,
    ) -> Result<Vec<Received>, StoreError> {
        use privacy_received::Column;
        let kept = privacy_received::Entity::find()
            .filter(Column::RequestId.eq(request))
            .order_by_asc(Column::At)
            .order_by_asc(Column::EffectId)
            .limit(limit)
            .all(self.readers())
            .await?;
        if !kept.is_empty() {
            return Ok(kept.into_iter().map(shown).collect());
        }
        let db = self.readers();
        let of = its_effects(request);
        Ok(rows(db, request, of, Some(limit))
            .await?
            .into_iter()
            .map(shown)
            .collect())
    }
}

fn shown(row: privacy_received::Model) -> Received {
    Received {
        effect: row.effect_id,
        kind: row.kind,
        host: row.host,
        state: row.state,
        at: from_micros(row.at),
    }
}

/// What of these effects somebody outside got.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    request: Uuid,
    of: Condition,
    limit: Option<u64>,
) -> Result<Vec<privacy_received::Model>, StoreError> {
    use effects::Column;
    type Row = (Uuid, String, String, String, i64, Option<i64>);
    let mut select = effects::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::Kind,
            Column::Target,
            Column::State,
            Column::CreatedAt,
            Column::SettledAt,
        ])
        .filter(of)
        .filter(Column::State.is_in(["done", "unknown"]))
        .filter(Column::Kind.ne("emit"))
        .filter(Column::Target.ne(super::ERASED))
        .order_by_asc(Column::SettledAt)
        .order_by_asc(Column::Id);
    if let Some(limit) = limit {
        select = select.limit(limit);
    }
    let rows: Vec<Row> = select.into_tuple().all(db).await?;
    Ok(rows
        .into_iter()
        .map(
            |(effect, kind, target, state, created, settled)| privacy_received::Model {
                request_id: request,
                effect_id: effect,
                host: host(&kind, &target),
                kind,
                state,
                at: settled.unwrap_or(created),
            },
        )
        .collect())
}

/// The host behind a target.
fn host(kind: &str, target: &str) -> String {
    let authority = match target.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => target,
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_host = !host.is_empty()
        && (target.contains("://") || target.contains('@'))
        && !host.contains(char::is_whitespace);
    if is_host {
        host.trim_end_matches('>').to_lowercase()
    } else {
        kind.split("::").next().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_shown_without_whom_it_was_for() {
        assert_eq!(host("email::send", "Tom <tom@Tomsons.com>"), "tomsons.com");
        assert_eq!(
            host("http::post", "https://crm.example.com:8443/c/tom?x"),
            "crm.example.com:8443"
        );
        assert_eq!(host("ticketpark::patch", "/bookings/29"), "ticketpark");
    }
}
