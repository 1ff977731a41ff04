//! What came back.

use std::collections::BTreeMap;

use cuebook_core::Value;
use reqwest::header::HeaderMap;

use super::mask::Mask;

/// How much of an answer the ledger and messages show, in bytes.
const EXCERPT: usize = 1000;

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// Its status.
    pub(crate) status: u16,
    /// Its headers, names in lower case; several of one name are joined by `", "`.
    pub(crate) headers: BTreeMap<String, String>,
    /// Its body.
    pub(crate) body: Vec<u8>,
    /// The secrets that were sent: the other side may echo them.
    pub(crate) mask: Mask,
}

impl Exchange {
    /// An answer of which no more than the status is known.
    pub(super) fn without_body(status: u16) -> Self {
        Self {
            status,
            headers: BTreeMap::new(),
            body: Vec::new(),
            mask: Mask::default(),
        }
    }

    /// The answer that a script gets: `#{status, headers, body}`. A body that is no UTF-8 is a blob.
    pub(crate) fn to_value(&self) -> Value {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(&*self.mask.given(value))))
            .collect();
        let body = match std::str::from_utf8(&self.body) {
            Ok(text) => Value::from(&*self.mask.given(text)),
            Err(_) => Value::Bytes(self.body.clone()),
        };
        Value::from([
            ("status", Value::Int(i64::from(self.status))),
            ("headers", Value::Map(headers)),
            ("body", body),
        ])
    }

    /// The beginning of the body for the ledger; `None` if it is empty.
    pub(crate) fn excerpt(&self) -> Option<String> {
        // Masked before it is cut, so that no half of a secret is left at the end.
        let text = self.mask.shown(&String::from_utf8_lossy(&self.body));
        excerpt(text.as_bytes())
    }
}

/// The headers as a map.
pub(crate) fn headers(map: &HeaderMap) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in map {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|joined| {
                joined.push_str(", ");
                joined.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    headers
}

/// The beginning of an answer for the ledger; `None` if it is empty.
pub(crate) fn excerpt(body: &[u8]) -> Option<String> {
    let shown = &body[..body.len().min(EXCERPT)];
    let text = String::from_utf8_lossy(shown);
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let mut text = text.to_owned();
    if body.len() > EXCERPT {
        text.push('…');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_one_name_are_joined() {
        let mut map = HeaderMap::new();
        map.append("X-Tag", "a".parse().unwrap());
        map.append("x-tag", "b".parse().unwrap());
        assert_eq!(headers(&map)["x-tag"], "a, b");
    }

    #[test]
    fn a_body_that_is_no_text_stays_bytes() {
        let exchange = Exchange {
            status: 200,
            headers: BTreeMap::new(),
            body: vec![0xff, 0x00],
            mask: Mask::default(),
        };
        assert_eq!(
            exchange.to_value().get("body"),
            Some(&Value::Bytes(vec![0xff, 0x00]))
        );
    }

    #[test]
    fn the_ledger_shows_a_bounded_excerpt() {
        assert_eq!(excerpt(b"  \n"), None);
        assert_eq!(excerpt(b" ok\n").as_deref(), Some("ok"));
        assert_eq!(
            excerpt(&vec![b'x'; 5000]).unwrap().chars().count(),
            EXCERPT + 1
        );
    }
}
