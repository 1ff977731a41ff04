//! The filters that every list of the API takes.

use clap::Args;

/// Which items of a list are wanted.
#[derive(Debug, Args)]
pub(crate) struct Filters {
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
    /// Only what is of this instant or later, such as 2026-03-14T18:30:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what is from before this instant.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only what has this text in it.
    #[arg(long, short, value_name = "TEXT")]
    q: Option<String>,
    /// How many at most, 1 to 100.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: u32,
    /// Go on after the page that gave this cursor.
    #[arg(long)]
    cursor: Option<String>,
}

impl Filters {
    /// The query of the API.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query: Vec<(&'static str, String)> = self
            .event_type
            .iter()
            .map(|name| ("type", name.clone()))
            .collect();
        let single = [
            ("subject", &self.subject),
            ("state", &self.state),
            ("rule", &self.rule),
            ("since", &self.since),
            ("until", &self.until),
            ("q", &self.q),
            ("cursor", &self.cursor),
        ];
        for (name, value) in single {
            query.extend(value.clone().map(|value| (name, value)));
        }
        query.push(("limit", self.limit.to_string()));
        query
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
