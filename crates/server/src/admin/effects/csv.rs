//! Effects as CSV, row after row as they are read: as many as there are, and never many of them in memory.

use std::borrow::Cow;

use bytes::Bytes;
use cuebook_core::clock::Timestamp;
use cuebook_core::effect::Effect;
use cuebook_core::value::rfc3339;
use cuebook_store::{EffectFilter, Page, Store};
use futures::{Stream, stream};
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use serde_json::Value as Json;

use crate::auth::Masking;

const CSV: &str = "text/csv; charset=utf-8";
const HEADINGS: &str =
    "id,event_id,run_id,rule,kind,state,target,key,created_at,settled_at,attempts,status,error\r\n";

/// The effects of a filter as CSV.
pub(crate) struct EffectsCsv(Body);

impl EffectsCsv {
    /// All effects of `filter`, newest first.
    pub(crate) fn of(store: Store, filter: EffectFilter, masking: Masking) -> Self {
        Self(Body::from_bytes_stream(pages(store, filter, masking)))
    }
}

/// The headings, then page after page.
fn pages(
    store: Store,
    filter: EffectFilter,
    masking: Masking,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let first = Some(Page::default());
    stream::try_unfold((first, true), move |(page, is_first)| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            let Some(page) = page else {
                return Ok(None);
            };
            let listed = store.list_effects(&filter, &page).await.map_err(|error| {
                // Nothing can be said any more to whoever reads; the broken connection tells that it is not all.
                tracing::warn!(%error, "a list of effects was cut off");
                std::io::Error::other("the list was cut off")
            })?;
            let mut text = String::new();
            if is_first {
                text.push_str(HEADINGS);
            }
            for effect in &listed.items {
                row(effect, masking, &mut text);
            }
            let next = listed.next.map(|cursor| Page {
                cursor: Some(cursor),
                ..Page::default()
            });
            Ok(Some((Bytes::from(text), (next, false))))
        }
    })
}

fn row(effect: &Effect, masking: Masking, text: &mut String) {
    let last = effect.attempts.last();
    let instant = |at: Option<Timestamp>| at.map(rfc3339).unwrap_or_default();
    let error = last.and_then(|attempt| attempt.error.clone());
    let cells = [
        effect.id.to_string(),
        effect.event_id.to_string(),
        effect.run_id.map(|id| id.to_string()).unwrap_or_default(),
        effect
            .rule
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        effect.kind.clone(),
        effect.state.to_string(),
        masking.text(effect.target.clone()),
        effect.key.clone(),
        rfc3339(effect.created_at),
        instant(effect.settled_at),
        effect.attempts.len().to_string(),
        last.and_then(|attempt| attempt.status)
            .map(|status| status.to_string())
            .unwrap_or_default(),
        masking.optional(error).unwrap_or_default(),
    ];
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&written(cell));
    }
    text.push_str("\r\n");
}

/// A cell by RFC 4180, and so that no spreadsheet takes it for a formula.
fn written(cell: &str) -> Cow<'_, str> {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !cell.contains([',', '"', '\r', '\n']) {
        return Cow::Borrowed(cell);
    }
    let guard = if formula { "'" } else { "" };
    Cow::Owned(format!("\"{guard}{}\"", cell.replace('"', "\"\"")))
}

impl IntoResponse for EffectsCsv {
    fn into_response(self) -> Response {
        let mut response = Response::builder().content_type(CSV).body(self.0);
        let name = HeaderValue::from_static("attachment; filename=\"effects.csv\"");
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
        response
    }
}

impl ApiResponse for EffectsCsv {
    fn meta() -> MetaResponses {
        let schema = MetaSchema {
            example: Some(Json::from(HEADINGS)),
            ..MetaSchema::new("string")
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "One row for each effect, newest first",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: CSV,
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_need_it_and_formulas_are_disarmed() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("", ""),
        ] {
            assert_eq!(written(cell), expected);
        }
    }
}
