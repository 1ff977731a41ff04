//! Which headers of a webhook are kept with the event.

use poem::http::HeaderMap;

/// Headers that carry secrets of whoever sends or forwards the webhook.
const SECRET: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "x-auth-token",
];
/// Headers in which a proxy may repeat the path, and so the token.
const PATH: &[&str] = &[
    "referer",
    "x-original-url",
    "x-original-uri",
    "x-rewrite-url",
    "x-forwarded-uri",
    "x-forwarded-path",
    "x-request-uri",
    "x-envoy-original-path",
];

/// The headers to keep, names in lower case; none that carries a secret, and none that repeats `token`.
pub(super) fn kept(headers: &HeaderMap, token: &str) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| !SECRET.contains(&name.as_str()) && !PATH.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
        .filter(|(_, value)| token.is_empty() || !value.contains(token))
        .map(|(name, value)| (name.to_owned(), value.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::{HeaderName, HeaderValue};

    #[test]
    fn neither_secrets_nor_the_token_are_kept() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json"),
            ("authorization", "Basic abc"),
            ("cookie", "a=b"),
            ("x-original-uri", "/hooks/ticketpark/t0ken"),
            ("x-strange", "see /hooks/ticketpark/t0ken"),
            ("user-agent", "Ticketpark"),
        ] {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let names: Vec<_> = kept(&headers, "t0ken")
            .into_iter()
            .map(|(n, _)| n)
            .collect();
        assert_eq!(names, ["content-type", "user-agent"]);
    }
}
