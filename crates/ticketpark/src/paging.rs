//! Joins the pages of a list, each record once.
//!
//! Ticketpark counts pages from 0 and says the total in `X-Count`. What it does not say is how large a page may be: so a
//! first page that comes smaller than asked sets the size, and one that is larger than an answer may be is asked again
//! in halves. A record that moves to a later page meanwhile comes twice and is kept once, by its pid.
//! What is kept of the records is the caller's business: only their pids are held here.

use std::collections::HashSet;

use serde_json::Value as Json;

use crate::error::Error;

/// How many records a page is asked for.
const PAGE_SIZE: usize = 100;
/// A longer pid than this is none of Ticketpark's, in bytes: it is not remembered.
const PID: usize = 256;

/// One page as it came.
pub(crate) struct Page {
    pub(crate) records: Vec<Json>,
    pub(crate) total: Option<usize>,
}

/// How far the list has come, and where to go on.
pub(crate) struct Pages {
    count: usize,
    seen: HashSet<String>,
    max: usize,
    /// The largest total that was told.
    told: usize,
    page: usize,
    size: usize,
    done: bool,
}

impl Pages {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            count: 0,
            seen: HashSet::new(),
            max,
            told: 0,
            page: 0,
            size: PAGE_SIZE.min(max),
            done: max == 0,
        }
    }

    /// The parameters of the page to ask for next; `None` when all is there.
    pub(crate) fn next(&self) -> Option<[(String, String); 2]> {
        let parameter = |name: &str, value: usize| (name.to_owned(), value.to_string());
        (!self.done).then(|| {
            [
                parameter("page", self.page),
                parameter("maxResults", self.size),
            ]
        })
    }

    /// Takes what was answered, and gives the records in it that are new.
    pub(crate) fn take(&mut self, answer: Result<Page, Error>) -> Result<Vec<Json>, Error> {
        let page = match answer {
            Err(Error::TooLarge) if self.size > 1 => {
                let halves = if self.size.is_multiple_of(2) {
                    2
                } else {
                    self.size
                };
                self.size /= halves;
                self.page *= halves;
                return Ok(Vec::new());
            }
            answer => answer?,
        };
        self.told = self.told.max(page.total.unwrap_or(0));
        let count = page.records.len();
        let mut new = page.records;
        new.retain(|record| self.is_new(record));
        new.truncate(self.max - self.count);
        self.count += new.len();
        let short = count < self.size;
        if self.page == 0 && short && count > 0 {
            self.size = count;
        }
        self.page += 1;
        let all = match page.total {
            Some(total) => self.page * self.size >= total,
            None => short,
        };
        // A page that brings nothing new is the end, else a peer that overlooks `page` would never come to one.
        self.done = all || new.is_empty() || self.count >= self.max;
        Ok(new)
    }

    /// How many records have not come, of those that were told of.
    pub(crate) fn missing(&self) -> usize {
        self.told.min(self.max).saturating_sub(self.count)
    }

    fn is_new(&mut self, record: &Json) -> bool {
        let pid = match record.get("pid") {
            Some(Json::String(pid)) => pid.as_str(),
            Some(Json::Number(pid)) => pid.as_str(),
            _ => return true,
        };
        pid.len() > PID || self.seen.insert(pid.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Asks a list of `total` records whose pages hold `cap` at most.
    fn join(total: usize, cap: usize, max: usize, counted: bool) -> (Vec<Json>, usize) {
        let mut pages = Pages::new(max);
        let (mut joined, mut asked) = (Vec::new(), 0);
        while let Some([page, size]) = pages.next() {
            let size: usize = size.1.parse::<usize>().unwrap().min(cap);
            let from = page.1.parse::<usize>().unwrap() * size;
            let records = (from..total.min(from + size))
                .map(|n| json!({"pid": n}))
                .collect();
            let total = counted.then_some(total);
            joined.extend(pages.take(Ok(Page { records, total })).unwrap());
            asked += 1;
        }
        (joined, asked)
    }

    fn first(count: usize) -> Vec<Json> {
        (0..count).map(|n| json!({"pid": n})).collect()
    }

    #[test]
    fn pages_are_joined_in_order() {
        assert_eq!(join(250, 1000, 1000, true), (first(250), 3));
        assert_eq!(join(200, 1000, 1000, true), (first(200), 2));
        assert_eq!(join(200, 1000, 1000, false), (first(200), 3));
        assert_eq!(join(0, 1000, 1000, true), (first(0), 1));
    }

    #[test]
    fn no_more_is_asked_than_wanted() {
        assert_eq!(join(250, 1000, 7, true), (first(7), 1));
        assert_eq!(join(250, 1000, 150, true), (first(150), 2));
        assert_eq!(join(250, 1000, 0, true), (first(0), 0));
    }

    #[test]
    fn a_peer_with_smaller_pages_is_followed() {
        assert_eq!(join(250, 30, 1000, true), (first(250), 9));
    }

    #[test]
    fn a_page_that_is_too_large_is_asked_again_in_halves() {
        let mut pages = Pages::new(1000);
        let full = (0..100).map(|n| json!({"pid": n})).collect();
        let page = Page {
            records: full,
            total: Some(150),
        };
        pages.take(Ok(page)).unwrap();
        let asked = |pages: &Pages| pages.next().unwrap().map(|(_, value)| value);
        assert_eq!(asked(&pages), ["1", "100"]);
        pages.take(Err(Error::TooLarge)).unwrap();
        assert_eq!(asked(&pages), ["2", "50"]);
        pages.take(Err(Error::TooLarge)).unwrap();
        pages.take(Err(Error::TooLarge)).unwrap();
        assert_eq!(asked(&pages), ["100", "1"]);
        assert!(matches!(
            pages.take(Err(Error::TooLarge)),
            Err(Error::TooLarge)
        ));
    }

    #[test]
    fn a_record_that_comes_twice_is_kept_once_and_a_stuck_peer_ends() {
        let mut pages = Pages::new(1000);
        let mut take = || {
            let records = (0..100).map(|n| json!({"pid": n.to_string()})).collect();
            let page = Page {
                records,
                total: Some(10_000),
            };
            pages.take(Ok(page)).unwrap().len()
        };
        assert_eq!((take(), take()), (100, 0));
        assert!(pages.next().is_none());
    }
}
