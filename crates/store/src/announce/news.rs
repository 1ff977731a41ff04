//! What can be told: a set of few things, as it is noted, woken and sent.

use std::fmt;
use std::str::FromStr;

use crate::wakes::Wakes;

/// A set of things that have become ready or have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct News(u8);

impl News {
    /// A run may be claimed.
    pub(crate) const RUNS: Self = Self(1);
    /// A send may be claimed.
    pub(crate) const SENDS: Self = Self(1 << 1);
    /// The next due instant may have changed.
    pub(crate) const TIMERS: Self = Self(1 << 2);
    /// Hook tokens, the secrets of scripts or endpoints have changed.
    pub(crate) const ACCESS: Self = Self(1 << 3);
    /// Another set of rules is active.
    pub(crate) const RULES: Self = Self(1 << 4);
    /// Ticketpark is to be asked about an event, or for what never came.
    pub(crate) const INQUIRIES: Self = Self(1 << 5);
    /// All of it: what one supposes who may have missed something.
    pub(crate) const ALL: Self = Self(0b11_1111);

    /// The set of these bits; those that mean nothing are left out.
    pub(crate) fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// Its bits.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` is in it.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Wakes whoever waits for it in this process.
    pub(crate) fn wake(self, wakes: &Wakes) {
        for (news, wake) in [
            (Self::RUNS, &wakes.runs),
            (Self::SENDS, &wakes.sends),
            (Self::TIMERS, &wakes.timers),
            (Self::RULES, &wakes.rules),
            (Self::INQUIRIES, &wakes.confirmations),
            (Self::INQUIRIES, &wakes.reconciliations),
        ] {
            if self.has(news) {
                wake.notify_one();
            }
        }
    }
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for News {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::from_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_back_and_a_newer_cuebooks_news_are_left_out() {
        let news = News::from_bits(News::SENDS.bits() | News::RULES.bits());
        let read: News = news.to_string().parse().unwrap();
        assert_eq!(read, news);
        assert!(read.has(News::RULES) && !read.has(News::RUNS));
        assert_eq!("192".parse(), Ok(News::default()));
        assert!("runs".parse::<News>().is_err());
    }
}
