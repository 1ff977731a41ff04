//! The filters that every list of the API takes.

use clap::Args;
use serde_json::{Map, Value as Json, json};

/// Which items of a list are wanted, and how many.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    #[command(flatten)]
    narrow: Narrow,
    /// How many at most, 1 to 100.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: u32,
    /// Go on after the page that gave this cursor.
    #[arg(long)]
    cursor: Option<String>,
}

/// What narrows a list.
#[derive(Debug, Args)]
pub(crate) struct Narrow {
    /// Only what is about events of this type. May be given several times.
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Vec<String>,
    /// Only what is about this booking or person.
    #[arg(long, value_name = "PID")]
    subject: Option<String>,
    /// Only what is in this state.
    #[arg(long)]
    state: Option<String>,
    /// Only what is of this rule, such as new-booking/thank-you.
    #[arg(long)]
    rule: Option<String>,
    /// Only what ran on this version of a rule: its hash.
    #[arg(long, value_name = "HASH")]
    rule_version: Option<String>,
    /// Only what is of this instant or later, such as 2026-03-14T18:30:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what is from before this instant.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only what has this text in it.
    #[arg(long, short, value_name = "TEXT")]
    q: Option<String>,
}

impl Filters {
    /// The query of the API.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = self.narrow.query();
        query.extend(self.cursor.clone().map(|cursor| ("cursor", cursor)));
        query.push(("limit", self.limit.to_string()));
        query
    }

    /// The query of the API for all items, without pages.
    pub(crate) fn whole_query(&self) -> Vec<(&'static str, String)> {
        self.narrow.query()
    }
}

impl Narrow {
    /// The part of the API's query that narrows.
    fn query(&self) -> Vec<(&'static str, String)> {
        let types = self.event_type.iter().map(|name| ("type", name.clone()));
        let single = self.single().into_iter();
        types
            .chain(single.filter_map(|(name, value)| Some((name, value.clone()?))))
            .collect()
    }

    /// The same as the members of a filter in a body.
    pub(crate) fn members(&self) -> Map<String, Json> {
        let mut members = Map::new();
        if !self.event_type.is_empty() {
            members.insert("type".to_owned(), json!(self.event_type));
        }
        for (name, value) in self.single() {
            if let Some(value) = value {
                members.insert(name.to_owned(), Json::from(value.as_str()));
            }
        }
        members
    }

    fn single(&self) -> [(&'static str, &Option<String>); 7] {
        [
            ("subject", &self.subject),
            ("state", &self.state),
            ("rule", &self.rule),
            ("rule_version", &self.rule_version),
            ("since", &self.since),
            ("until", &self.until),
            ("q", &self.q),
        ]
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        filters: Filters,
    }

    #[test]
    fn what_is_given_is_asked_for_and_nothing_else() {
        let command = Command::parse_from(["x", "--type", "a", "--type", "b", "--state", "failed"]);
        let query: Vec<String> = command
            .filters
            .query()
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(query, ["type=a", "type=b", "state=failed", "limit=20"]);
    }
}
