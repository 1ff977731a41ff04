//! A budget as a head writes it: so many in so much time.

use cuebook_core::rule::Budget;

use crate::duration;

/// What is said where it is none.
pub(super) const EXPECTED: &str =
    "`emails` is a number and a length of time, such as \"200/1h\": so many mails in so much time";

/// The budget that `text` stands for.
pub(super) fn parse(text: &str) -> Option<Budget> {
    let (emails, per) = text.split_once('/')?;
    let per = duration::parse(per.trim()).ok()?;
    Some(Budget {
        emails: emails.trim().parse().ok()?,
        per: Some(per).filter(|per| !per.is_zero())?,
    })
}
