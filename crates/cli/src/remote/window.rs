//! The part of a list that is wanted, for lists without the common filters.

use clap::Args;

/// How much of a list is wanted, and from where on.
#[derive(Debug, Args)]
pub(crate) struct Window {
    /// How many at most, 1 to 100.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: u32,
    /// Go on after the page that gave this cursor.
    #[arg(long)]
    cursor: Option<String>,
}

impl Window {
    /// The query of the API.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let cursor = self.cursor.clone().map(|cursor| ("cursor", cursor));
        let limit = ("limit", self.limit.to_string());
        std::iter::once(limit).chain(cursor).collect()
    }
}
