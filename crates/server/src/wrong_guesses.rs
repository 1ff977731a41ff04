//! Counts wrong hook tokens and wrong keys by address and second, so that guessing is slow. What is right never comes here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use cuebook_core::Timestamp;

/// How many addresses are remembered; beyond it, those of earlier seconds are forgotten.
const REMEMBERED: usize = 4_096;

/// The wrong guesses of the present second.
pub(crate) struct WrongGuesses {
    allowed: u32,
    seen: Mutex<HashMap<IpAddr, (i64, u32)>>,
}

impl WrongGuesses {
    /// Allows `allowed` a second and address.
    pub(crate) fn new(allowed: u32) -> Self {
        Self {
            allowed,
            seen: Mutex::default(),
        }
    }

    /// Counts one from `address`; whether it is beyond what is allowed.
    pub(crate) fn is_beyond(&self, address: IpAddr, now: Timestamp) -> bool {
        let second = now.timestamp();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (at, _)| *at == second);
            if seen.len() >= REMEMBERED {
                // A crowd of addresses within one second: nothing is lost by refusing all of them.
                return true;
            }
        }
        let (at, count) = seen.entry(network(address)).or_insert((second, 0));
        if *at != second {
            (*at, *count) = (second, 0);
        }
        *count = count.saturating_add(1);
        *count > self.allowed
    }
}

/// One subscriber holds a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn each_address_has_its_own_count_and_each_second_a_new_one() {
        let wrong = WrongGuesses::new(2);
        let (here, there) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let counted: Vec<_> = (0..3).map(|_| wrong.is_beyond(here, at(1))).collect();
        assert_eq!(counted, [false, false, true]);
        assert!(!wrong.is_beyond(there, at(1)));
        assert!(!wrong.is_beyond(here, at(2)));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        let wrong = WrongGuesses::new(1);
        assert!(!wrong.is_beyond("2001:db8::1".parse().unwrap(), at(1)));
        assert!(wrong.is_beyond("2001:db8::2".parse().unwrap(), at(1)));
    }

    #[test]
    fn a_crowd_of_addresses_takes_no_more_memory() {
        let wrong = WrongGuesses::new(1);
        for n in 0..10_000_u32 {
            wrong.is_beyond(IpAddr::from(n.to_be_bytes()), at(1));
        }
        assert!(wrong.seen.lock().unwrap().len() <= REMEMBERED);
        assert!(!wrong.is_beyond(IpAddr::from([1, 2, 3, 4]), at(2)));
    }
}
