//! Filters on a record: which of a list's records are wanted.
//!
//! Ticketpark does not say how it compares. Here two numbers compare as decimals, two instants as instants (one without an
//! offset is taken as UTC), all else as text.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::parameters::{Branch, Node, value};

/// A filter that the API does not have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadFilter;

/// Whether `filters` want `record`. Several on one field are conditions of their level, as all others are.
pub(crate) fn wants(filters: &Branch, record: &Json) -> Result<bool, BadFilter> {
    let mut held = Vec::new();
    for (name, node) in filters {
        if name != "_logic" {
            held.extend(conditions(node, &record[name.as_str()])?);
        }
    }
    match value(filters, "_logic") {
        None | Some("AND") => Ok(held.into_iter().all(|held| held)),
        Some("OR") => Ok(held.is_empty() || held.contains(&true)),
        Some(_) => Err(BadFilter),
    }
}

/// Which of the conditions on one field hold.
fn conditions(node: &Node, found: &Json) -> Result<Vec<bool>, BadFilter> {
    let below = match node {
        Node::Value(wanted) => return Ok(vec![compare("eq", found, wanted)?]),
        Node::Branch(below) => below,
    };
    if let Some(comparison) = value(below, "_comp") {
        let wanted = value(below, "_value").unwrap_or_default();
        return Ok(vec![compare(comparison, found, wanted)?]);
    }
    let is_index = |name: &String| name.bytes().all(|b| b.is_ascii_digit());
    if below.keys().all(is_index) {
        let each = below.values().map(|node| conditions(node, found));
        return Ok(each.collect::<Result<Vec<_>, _>>()?.concat());
    }
    let held = match found {
        // Of several children one is enough.
        Json::Array(children) => {
            let each = children.iter().map(|child| wants(below, child));
            each.collect::<Result<Vec<_>, _>>()?.contains(&true)
        }
        child => wants(below, child)?,
    };
    Ok(vec![held])
}

fn compare(comparison: &str, found: &Json, wanted: &str) -> Result<bool, BadFilter> {
    let text = match found {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        // As a form writes it.
        Json::Bool(yes) if ["0", "1"].contains(&wanted) => Some(u8::from(*yes).to_string()),
        other => Some(other.to_string()),
    };
    let order = text.as_deref().map(|text| order(text, wanted));
    Ok(match comparison {
        "isNull" => order.is_none(),
        "isNotNull" => order.is_some(),
        "eq" => order == Some(Ordering::Equal),
        "neq" => order != Some(Ordering::Equal),
        "gt" => order == Some(Ordering::Greater),
        "gte" => order.is_some_and(Ordering::is_ge),
        "lt" => order == Some(Ordering::Less),
        "lte" => order.is_some_and(Ordering::is_le),
        _ => return Err(BadFilter),
    })
}

fn order(found: &str, wanted: &str) -> Ordering {
    let decimal = |text: &str| Decimal::from_str_exact(text).ok();
    if let (Some(found), Some(wanted)) = (decimal(found), decimal(wanted)) {
        return found.cmp(&wanted);
    }
    if let (Some(found), Some(wanted)) = (instant(found), instant(wanted)) {
        return found.cmp(&wanted);
    }
    found.cmp(wanted)
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z") {
        return Some(at.to_utc());
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    Some(at.and_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::parameters::{branch, parse};

    fn wanted(filters: &str) -> Result<bool, BadFilter> {
        let record = json!({
            "pid": 2932, "company": null, "amount": "25.00", "confirmation": true,
            "updated": "2025-08-11T12:00:00+0200",
            "customer": {"lastname": "Favre", "address": {"zip": "1003"}},
            "tickets": [{"code": "1"}, {"code": "2"}],
        });
        let tree = parse(filters);
        wants(branch(&tree, "filters").unwrap(), &record)
    }

    #[test]
    fn each_comparison_compares() {
        for (filter, holds) in [
            ("filters[pid]=2932", true),
            ("filters[pid]=2933", false),
            ("filters[amount][_comp]=gt&filters[amount][_value]=9", true),
            (
                "filters[amount][_comp]=gte&filters[amount][_value]=25",
                true,
            ),
            (
                "filters[amount][_comp]=lt&filters[amount][_value]=25",
                false,
            ),
            (
                "filters[amount][_comp]=lte&filters[amount][_value]=25.0",
                true,
            ),
            (
                "filters[amount][_comp]=neq&filters[amount][_value]=25",
                false,
            ),
            ("filters[company][_comp]=isNull", true),
            ("filters[company][_comp]=isNotNull", false),
            ("filters[pid][_comp]=isNotNull", true),
            ("filters[confirmation]=true", true),
            ("filters[confirmation]=1", true),
            ("filters[nothing]=x", false),
        ] {
            assert_eq!(wanted(filter), Ok(holds), "{filter}");
        }
    }

    #[test]
    fn instants_compare_whatever_their_spelling() {
        let after = |value| {
            wanted(&format!(
                "filters[updated][_comp]=gt&filters[updated][_value]={value}"
            ))
        };
        assert_eq!(after("2025-08-11 09:59:59"), Ok(true));
        assert_eq!(after("2025-08-11 10:00:00"), Ok(false));
        assert_eq!(after("2025-08-11T12:30:00%2B03:00"), Ok(true));
    }

    #[test]
    fn several_filters_go_together_by_their_logic() {
        let range = "filters[updated][0][_comp]=gt&filters[updated][0][_value]=2025-08-11 00:00:00\
                     &filters[updated][1][_comp]=lt&filters[updated][1][_value]=2025-08-12 00:00:00";
        assert_eq!(wanted(range), Ok(true));
        assert_eq!(wanted("filters[pid]=1&filters[amount]=25.00"), Ok(false));
        assert_eq!(
            wanted("filters[_logic]=OR&filters[pid]=1&filters[amount]=25.00"),
            Ok(true)
        );
        let either = "filters[pid][0][_comp]=eq&filters[pid][0][_value]=1\
                      &filters[pid][1][_comp]=eq&filters[pid][1][_value]=2932";
        assert_eq!(wanted(either), Ok(false));
        assert_eq!(wanted(&format!("filters[_logic]=OR&{either}")), Ok(true));
    }

    #[test]
    fn children_are_looked_into() {
        assert_eq!(wanted("filters[customer][lastname]=Favre"), Ok(true));
        assert_eq!(wanted("filters[customer][address][zip]=1004"), Ok(false));
        assert_eq!(wanted("filters[tickets][code]=2"), Ok(true));
        assert_eq!(wanted("filters[tickets][code]=3"), Ok(false));
    }

    #[test]
    fn an_unknown_comparison_or_logic_is_refused() {
        assert_eq!(
            wanted("filters[pid][_comp]=like&filters[pid][_value]=2"),
            Err(BadFilter)
        );
        assert_eq!(
            wanted("filters[_logic]=XOR&filters[pid]=2932"),
            Err(BadFilter)
        );
    }
}
