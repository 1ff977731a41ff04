//! A permutation of the 60-bit numbers: what makes pids look random and yet be read back.

const HALF: u32 = 30;
const MASK: u64 = (1 << HALF) - 1;
/// The end of the numbers that it permutes.
pub(crate) const END: u64 = 1 << (2 * HALF);

/// Scrambles `number`, differently for each `key`.
pub(crate) fn scramble(key: u64, number: u64) -> u64 {
    let (mut left, mut right) = (number >> HALF & MASK, number & MASK);
    for round in 0..4 {
        (left, right) = (right, left ^ mix(key, round, right));
    }
    left << HALF | right
}

/// The number that `scramble` made `scrambled` of.
pub(crate) fn unscramble(key: u64, scrambled: u64) -> u64 {
    let (mut left, mut right) = (scrambled >> HALF & MASK, scrambled & MASK);
    for round in (0..4).rev() {
        (left, right) = (right ^ mix(key, round, left), left);
    }
    left << HALF | right
}

/// The round function of the Feistel network: any will do, so long as it spreads its bits.
fn mix(key: u64, round: u64, half: u64) -> u64 {
    let mut bits = half ^ (key << 32) ^ (round << 56);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ bits >> 31) & MASK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_scrambled_is_read_back() {
        for number in [0, 1, 12_345, 293_233_446_073, END - 1] {
            for key in [1, 2] {
                let scrambled = scramble(key, number);
                assert!(scrambled < END);
                assert_eq!(unscramble(key, scrambled), number);
            }
            assert_ne!(scramble(1, number), scramble(2, number));
        }
    }
}
