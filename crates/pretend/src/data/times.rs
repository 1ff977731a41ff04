//! Times as Ticketpark writes them: `2019-08-11T12:00:00+0200`.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

use super::dice::Dice;

const SUMMER: i32 = 2 * 3600;

/// The instant as Ticketpark writes it. Always with summer's offset: the instant is the same in any.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    let text = |offset: FixedOffset| at.with_timezone(&offset).format("%Y-%m-%dT%H:%M:%S%z");
    FixedOffset::east_opt(SUMMER).map_or_else(String::new, |offset| text(offset).to_string())
}

/// When a show begins: on a summer's evening of 2030 or 2031, when Switzerland is at `+0200`.
pub(crate) fn show_start(dice: &mut Dice) -> String {
    let year = 2030 + i32::from(dice.below(2) == 1);
    let day = summer_day(year, dice.below(140));
    let (hour, minute) = *dice.pick(&[(17, 0), (19, 30), (20, 0), (20, 30)]);
    written(day + TimeDelta::hours(hour - 2) + TimeDelta::minutes(minute))
}

/// When a record that nobody edited was last changed: in the summer of 2025.
pub(crate) fn updated(what: &str, pid: &str) -> String {
    let mut dice = Dice::new(what, pid);
    let day = summer_day(2025, dice.below(140));
    let seconds = i64::try_from(dice.below(86_400)).unwrap_or_default();
    written(day + TimeDelta::seconds(seconds))
}

fn summer_day(year: i32, day: u64) -> DateTime<Utc> {
    let first = NaiveDate::from_ymd_opt(year, 5, 1).unwrap_or_default();
    let days = TimeDelta::days(i64::try_from(day).unwrap_or_default());
    first.and_time(chrono::NaiveTime::MIN).and_utc() + days
}
