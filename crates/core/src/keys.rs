//! The stable keys of what is done outside.

use sha2::{Digest, Sha256};

use crate::ids::{EndpointId, EventId, RunId};
use crate::journal::StepPath;

/// The key of part `part` of the step at `path`: `Idempotency-Key`, and the left side of `Message-ID`. The same on each
/// attempt and in each process; another one after a `restart`.
pub fn effect_key(run: RunId, generation: u32, path: &StepPath, part: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(run.0.as_bytes());
    hash.update(format!("/{generation}/{path}/{part}"));
    hex::encode(&hash.finalize()[..20])
}

/// The `webhook-id` of an event as an endpoint gets it: the same on each attempt and in each process, so that a receiver
/// knows a message that it had already.
pub fn delivery_key(event: EventId, endpoint: EndpointId) -> String {
    let mut hash = Sha256::new();
    hash.update(endpoint.0.as_bytes());
    hash.update(event.0.as_bytes());
    format!("msg_{}", hex::encode(&hash.finalize()[..16]))
}

/// SHA-256 of a token or key, as it is stored and looked up.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_named_by_event_and_endpoint() {
        let id = uuid::Uuid::from_u128;
        let key = |event, endpoint| delivery_key(EventId(id(event)), EndpointId(id(endpoint)));
        assert_eq!(key(1, 2), key(1, 2));
        assert_ne!(key(1, 2), key(2, 1));
        assert_ne!(key(1, 2), key(1, 3));
        // A dot would end it within the text that is signed.
        assert!(key(1, 2).starts_with("msg_") && !key(1, 2).contains('.'));
    }

    #[test]
    fn a_key_tells_run_generation_path_and_part_apart() {
        let run = RunId(uuid::Uuid::from_u128(7));
        let key = |generation, path, part| effect_key(run, generation, &StepPath::top(path), part);
        assert_eq!(key(0, 1, 0), key(0, 1, 0));
        let all = [
            key(0, 1, 0),
            key(1, 1, 0),
            key(0, 2, 0),
            key(0, 1, 1),
            effect_key(RunId(uuid::Uuid::nil()), 0, &StepPath::top(1), 0),
        ];
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
