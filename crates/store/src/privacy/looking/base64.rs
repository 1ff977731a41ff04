//! Base64 where nobody says that it is: long runs of its letters, decoded from each of the four places where it may begin.

/// A shorter run holds no name.
const SHORTEST: usize = 12;

/// What runs of base64 in `text` say.
pub(super) fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut run = Vec::new();
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if let Some(bits) = bits(*byte) {
            run.push(bits);
            rest = after;
            continue;
        }
        // A line of a mail ends within a run.
        let continues = match rest {
            [b'\r', b'\n', next, ..] | [b'\n', next, ..] => bits(*next).is_some(),
            _ => false,
        };
        rest = if continues && rest.starts_with(b"\r\n") {
            rest.get(2..).unwrap_or_default()
        } else {
            after
        };
        if !continues {
            take(&mut run, &mut all);
        }
    }
    take(&mut run, &mut all);
    all
}

fn take(run: &mut Vec<u8>, all: &mut Vec<Vec<u8>>) {
    if run.len() >= SHORTEST {
        let places = run.len().min(4);
        all.extend((0..places).map(|place| bytes(run.get(place..).unwrap_or_default())));
    }
    run.clear();
}

fn bytes(run: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(run.len() / 4 * 3 + 3);
    for four in run.chunks(4) {
        let number = four
            .iter()
            .fold(0_u32, |number, bits| number << 6 | u32::from(*bits));
        match four.len() {
            4 => bytes.extend_from_slice(&number.to_be_bytes()[1..]),
            3 => bytes.extend_from_slice(&(number << 6).to_be_bytes()[1..3]),
            2 => bytes.extend_from_slice(&(number << 12).to_be_bytes()[1..2]),
            _ => {}
        }
    }
    bytes
}

/// The six bits of a letter, of either alphabet.
fn bits(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, word: &str) -> bool {
        decoded(text.as_bytes()).iter().any(|bytes| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        })
    }

    #[test]
    fn a_word_is_found_wherever_its_base64_begins_and_over_the_ends_of_lines() {
        // "Hello tom@tomsons.com, thanks"
        assert!(holds(
            "SGVsbG8gdG9tQHRvbXNvbnMuY29tLCB0aGFua3M=",
            "tom@tomsons.com"
        ));
        assert!(holds(
            "xSGVsbG8gdG9tQHRvbXNvbnMuY29tLCB0aGFua3M",
            "tom@tomsons.com"
        ));
        assert!(holds(
            "SGVsbG8gdG9tQHRv\r\nbXNvbnMuY29tLCB0\r\naGFua3M=\r\n",
            "tom@tomsons.com"
        ));
        assert!(!holds(
            "SGVsbG8gdG9tQHRv bXNvbnMuY29tLCB0aGFua3M=",
            "tom@tomsons.com"
        ));
    }
}
