//! A list read page by page, as fast or slow as its reader wants.

use serde_json::Value as Json;

use crate::client::Client;
use crate::error::Error;
use crate::paging::Pages;
use crate::query::Query;

/// A list that is being read. Each record comes once.
pub struct Listing<'a> {
    client: &'a Client,
    path: String,
    fixed: Vec<(String, String)>,
    pages: Pages,
}

impl<'a> Listing<'a> {
    /// The list at `path`, `max` records at most.
    pub(crate) fn new(client: &'a Client, path: &str, query: &Query, max: usize) -> Self {
        let mut fixed = query.pairs();
        fixed.retain(|(name, _)| name != "page" && name != "maxResults");
        Self {
            client,
            path: path.to_owned(),
            fixed,
            pages: Pages::new(max),
        }
    }

    /// The records of the next page that are new; `None` behind the last. After an error the same page is asked for again.
    ///
    /// # Errors
    /// Where Ticketpark gave no good answer.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Json>>, Error> {
        while let Some(paging) = self.pages.next() {
            let query: Vec<_> = self.fixed.iter().cloned().chain(paging).collect();
            let answer = self.client.page(&self.path, &query).await;
            let records = self.pages.take(answer)?;
            if !records.is_empty() {
                return Ok(Some(records));
            }
        }
        Ok(None)
    }

    /// How many records of the list have not come, by the largest total that Ticketpark has told: some where records moved from
    /// page to page, or out of the list, while it was read. 0 where it tells none.
    pub fn missing(&self) -> usize {
        self.pages.missing()
    }
}
