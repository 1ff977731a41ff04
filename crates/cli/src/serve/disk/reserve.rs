//! How much of a disk is kept free.

use super::Room;

/// At most so much is kept free where nobody says otherwise: what runs under way may need to end, and the WAL.
const USUAL: u64 = 512 << 20;
/// And at most this part of the disk, in percent.
const USUAL_PERCENT: u64 = 5;

/// How much of a disk is kept free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserve {
    /// 5 % of it, 512 MiB at most.
    Usual,
    /// So many bytes.
    Bytes(u64),
    /// So many percent of it.
    Percent(u64),
}

impl Reserve {
    /// Reads `512MiB`, `2GiB`, `5%` or `0`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let wrong =
            || "write a size such as `512MiB` or `2GiB`, a part such as `5%`, or `0`".to_owned();
        let text = text.trim();
        let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
            Some(end) => text.split_at(end),
            None => (text, ""),
        };
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let factor = match unit.trim() {
            "%" if number < 100 => return Ok(Self::Percent(number)),
            "" if number == 0 => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(wrong()),
        };
        number
            .checked_mul(factor)
            .map(Self::Bytes)
            .ok_or_else(wrong)
    }

    /// In bytes, of a disk like this.
    pub(super) fn bytes(self, room: Room) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Percent(percent) => part(room.total, percent),
            Self::Usual => part(room.total, USUAL_PERCENT).min(USUAL),
        }
    }
}

fn part(total: u64, percent: u64) -> u64 {
    total / 100 * percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_parts_are_read_and_anything_else_is_refused() {
        assert_eq!(Reserve::read("512MiB"), Ok(Reserve::Bytes(512 << 20)));
        assert_eq!(Reserve::read("2 GiB"), Ok(Reserve::Bytes(2 << 30)));
        assert_eq!(Reserve::read("5%"), Ok(Reserve::Percent(5)));
        assert_eq!(Reserve::read("0"), Ok(Reserve::Bytes(0)));
        for text in [
            "",
            "5",
            "1TB",
            "-1MiB",
            "100%",
            "99999999999999999999GiB",
            "17179869184GiB",
        ] {
            assert!(
                Reserve::read(text).unwrap_err().contains("512MiB"),
                "{text}"
            );
        }
    }

    #[test]
    fn of_a_small_disk_less_is_kept() {
        let of = |total| Reserve::Usual.bytes(Room { free: 0, total });
        assert_eq!(of(64 << 20), (64 << 20) / 100 * 5);
        assert_eq!(of(1 << 40), 512 << 20);
    }
}
