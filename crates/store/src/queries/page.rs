//! Pages of lists: newest first, by id, since an id of version 7 tells when it was made. A page that was read once reads
//! the same again, whatever has come since.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

/// The most rows of a page.
const LIMIT: u32 = 100;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many rows; 1 to 100.
    pub limit: u32,
    /// Only rows after this one, as [`Listed::next`] gave it.
    pub cursor: Option<Uuid>,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            limit: LIMIT,
            cursor: None,
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of what follows, if anything does.
    pub next: Option<Uuid>,
}

impl Page {
    fn size(self) -> usize {
        self.limit.clamp(1, LIMIT) as usize
    }

    /// Narrows a query to this page and one row more, which tells whether anything follows.
    pub(crate) fn of<E: EntityTrait>(self, select: Select<E>, id: E::Column) -> Select<E> {
        let select = match self.cursor {
            Some(cursor) => select.filter(id.lt(cursor)),
            None => select,
        };
        select.order_by_desc(id).limit(self.size() as u64 + 1)
    }

    /// Cuts the row more off again and gives the cursor of what follows.
    pub(crate) fn cut<T>(self, rows: &mut Vec<T>, id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
        let more = rows.len() > self.size();
        rows.truncate(self.size());
        rows.last().filter(|_| more).map(id)
    }
}
