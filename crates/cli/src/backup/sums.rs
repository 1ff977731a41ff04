//! Checksums of entries, written as `sha256sum` writes and checks them.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

/// The checksums of entries by their names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sums(BTreeMap<String, String>);

impl Sums {
    /// Adds an entry.
    pub(super) fn add(&mut self, name: &str, sum: String) {
        self.0.insert(name.to_owned(), sum);
    }

    /// Takes out the checksum of an entry: each stands in an archive once.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// An entry whose checksum was not taken out.
    pub(super) fn first(&self) -> Option<&str> {
        self.0.keys().next().map(String::as_str)
    }

    /// As `sha256sum` writes it.
    pub(super) fn to_text(&self) -> String {
        let lines = self.0.iter().map(|(name, sum)| format!("{sum}  {name}\n"));
        lines.collect()
    }

    /// What `sha256sum` has written.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().map(|line| {
            let (sum, name) = line.split_once("  ")?;
            (sum.len() == 64).then(|| (name.to_owned(), sum.to_owned()))
        });
        lines.collect::<Option<_>>().map(Self)
    }
}

/// The checksum of bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Copies everything, and gives its checksum and length.
pub(super) fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<(String, u64)> {
    let mut sum = Sha256::new();
    let mut length = 0;
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut piece)?;
        let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else {
            return Ok((hex::encode(sum.finalize()), length));
        };
        sum.update(piece);
        to.write_all(piece)?;
        length += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_a_torn_line_is_not() {
        let mut sums = Sums::default();
        sums.add("a b.rhai", of_bytes(b"a"));
        sums.add("manifest.json", of_bytes(b""));
        let text = sums.to_text();
        assert_eq!(Sums::parse(&text), Some(sums));
        assert_eq!(Sums::parse(&text[..40]), None);
        let (sum, length) = copy(&mut &b"a"[..], &mut io::sink()).unwrap();
        assert_eq!((sum, length), (of_bytes(b"a"), 1));
    }
}
