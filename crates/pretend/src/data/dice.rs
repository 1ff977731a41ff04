//! Choices that look random and are always the same for the same name and pid.

use sha2::{Digest, Sha256};

/// A stream of choices.
pub(crate) struct Dice {
    bytes: [u8; 32],
    used: usize,
}

impl Dice {
    /// The choices about `what` of the record `pid`.
    pub(crate) fn new(what: &str, pid: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(what.as_bytes());
        hash.update([0]);
        hash.update(pid.as_bytes());
        Self {
            bytes: hash.finalize().into(),
            used: 0,
        }
    }

    /// 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        if self.used + 8 > self.bytes.len() {
            self.bytes = Sha256::digest(self.bytes).into();
            self.used = 0;
        }
        let mut word = [0; 8];
        word.copy_from_slice(&self.bytes[self.used..self.used + 8]);
        self.used += 8;
        u64::from_be_bytes(word)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// One of `items`, which are not none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let count = items.len() as u64;
        let index = usize::try_from(self.below(count)).unwrap_or_default();
        &items[index]
    }
}
