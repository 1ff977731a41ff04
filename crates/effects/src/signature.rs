//! Signatures of Standard Webhooks (<https://www.standardwebhooks.com>, its specification, "Signature scheme"): HMAC-SHA256
//! of id, time and body, as base64 behind `v1,`. Several secrets give several signatures, any of which the receiver takes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cuebook_core::secret::SecretText;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What the text of a secret begins with.
const PREFIX: &str = "whsec_";

/// A secret that signs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint's secret cannot be used: rotate it")]
pub(crate) struct Unusable;

/// The value of `webhook-signature`: one signature for each secret.
pub(crate) fn signatures(
    secrets: &[SecretText],
    id: &str,
    timestamp: &str,
    body: &[u8],
) -> Result<String, Unusable> {
    let signed = secrets
        .iter()
        .map(|secret| sign(secret, id, timestamp, body));
    let signed: Vec<String> = signed.collect::<Result<_, _>>()?;
    if signed.is_empty() {
        return Err(Unusable);
    }
    Ok(signed.join(" "))
}

fn sign(secret: &SecretText, id: &str, timestamp: &str, body: &[u8]) -> Result<String, Unusable> {
    let text = secret.reveal();
    let key = STANDARD
        .decode(text.strip_prefix(PREFIX).unwrap_or(text))
        .map_err(|_| Unusable)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Unusable)?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Ok(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn signed(secrets: &[&str]) -> Result<String, Unusable> {
        let secrets: Vec<_> = secrets.iter().map(|&text| SecretText::new(text)).collect();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        signatures(&secrets, id, "1614265330", br#"{"test": 2432232314}"#)
    }

    #[test]
    fn it_is_signed_as_the_specification_shows() {
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(&[SECRET]).unwrap(), signature);
    }

    #[test]
    fn each_secret_gives_a_signature_of_its_own() {
        let both = signed(&["whsec_c2Vjb25k", SECRET]).unwrap();
        let (first, second) = both.split_once(' ').unwrap();
        assert_eq!(second, signed(&[SECRET]).unwrap());
        assert_ne!(first, second);
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        assert_eq!(signed(&["whsec_!"]), Err(Unusable));
        assert_eq!(signed(&[]), Err(Unusable));
    }
}
