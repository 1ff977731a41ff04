//! When a failed attempt is tried again.

use std::time::Duration;

use crate::rule::RetryOptions;

/// The pauses between attempts at a send, as the Standard Webhooks specification has them.
const SEND_PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// A `Retry-After` is obeyed up to this long.
pub const RETRY_AFTER_LIMIT: Duration = Duration::from_hours(24);

/// The pause after failed attempt `number` (from 1) at a send, or `None` when the attempts are used up.
/// `fraction` (0 to 1) spreads it by ±20 %.
pub fn send_pause(number: u32, after: Option<Duration>, fraction: f64) -> Option<Duration> {
    let pause = SEND_PAUSES.get(usize::try_from(number.checked_sub(1)?).ok()?)?;
    Some(later(spread(*pause, fraction), after))
}

/// The pause after failed attempt `number` (from 1) at a call, or `None` when the attempts are used up.
pub fn call_pause(
    options: &RetryOptions,
    number: u32,
    after: Option<Duration>,
    fraction: f64,
) -> Option<Duration> {
    if number >= options.attempts {
        return None;
    }
    let doubled = options.first.saturating_mul(
        1_u32
            .checked_shl(number.saturating_sub(1))
            .unwrap_or(u32::MAX),
    );
    Some(later(spread(doubled.min(options.max), fraction), after))
}

/// The later of our own pause and what the other side asked for, the latter up to its limit.
fn later(pause: Duration, after: Option<Duration>) -> Duration {
    pause.max(after.unwrap_or_default().min(RETRY_AFTER_LIMIT))
}

fn spread(pause: Duration, fraction: f64) -> Duration {
    pause.mul_f64(0.8 + 0.4 * fraction.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_are_tried_ten_times() {
        assert_eq!(send_pause(1, None, 0.5), Some(Duration::from_secs(5)));
        assert_eq!(send_pause(9, None, 0.5), Some(Duration::from_hours(24)));
        assert_eq!(send_pause(10, None, 0.5), None);
    }

    #[test]
    fn retry_after_is_obeyed_up_to_a_day_and_never_shortens() {
        assert_eq!(
            send_pause(1, Some(Duration::from_mins(2)), 0.5),
            Some(Duration::from_mins(2))
        );
        assert_eq!(
            send_pause(1, Some(Duration::from_hours(87_600)), 0.5),
            Some(RETRY_AFTER_LIMIT)
        );
        assert_eq!(
            send_pause(4, Some(Duration::from_secs(1)), 0.5),
            Some(Duration::from_hours(2))
        );
    }

    #[test]
    fn calls_double_up_to_their_longest_pause() {
        let options = RetryOptions {
            attempts: 4,
            first: Duration::from_secs(5),
            max: Duration::from_secs(12),
        };
        let pauses: Vec<_> = (1..=4)
            .map(|n| call_pause(&options, n, None, 0.5))
            .collect();
        let secs = Duration::from_secs;
        assert_eq!(
            pauses,
            [Some(secs(5)), Some(secs(10)), Some(secs(12)), None]
        );
    }
}
