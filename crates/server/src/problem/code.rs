//! The catalogue of problems: every `code` that an answer of Cuebook may carry, with its status and its meaning.
//!
//! The page `docs/reference/errors.md` and the error answers of the OpenAPI document follow from this list.

use poem::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $title:literal, $help:literal;)*) => {
        /// A stable word for what went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that an answer carries.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The status of an answer with this code.
            pub fn status(self) -> StatusCode {
                let number = match self { $(Self::$variant => $status,)* };
                StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            /// The code in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What the client can do about it.
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

codes! {
    /// A query parameter cannot be read.
    InvalidParameter = "invalid_parameter", 400, "A parameter cannot be read",
        "The detail names the parameter and says what it may be.";
    /// A query parameter that the operation does not have.
    UnknownParameter = "unknown_parameter", 400, "There is no such parameter",
        "The detail lists the parameters that this operation takes.";
    /// An id in the path is none.
    InvalidId = "invalid_id", 400, "This is no id",
        "Ids are UUIDs; names of rules and secrets hold letters, digits, hyphens and underscores.";
    /// The body cannot be read.
    InvalidBody = "invalid_body", 400, "The body cannot be read",
        "Send the JSON object that the operation's description shows.";
    /// The connection broke within the body.
    BrokenBody = "broken_body", 400, "The body broke off",
        "Send the request again.";
    /// A webhook that is no message; it is kept in quarantine.
    NotAMessage = "not_a_message", 400, "The body is no message",
        "Send a JSON object with a text `type` and a `payload`. What came is kept as the event `id`, state `rejected`.";
    /// There is no key in the request.
    MissingKey = "missing_key", 401, "A key is needed",
        "Send `Authorization: Bearer <key>`.";
    /// The key is not known.
    InvalidKey = "invalid_key", 401, "The key is not known",
        "Check that the whole key was copied.";
    /// The key's time is over.
    ExpiredKey = "expired_key", 401, "The key has expired",
        "Ask an administrator for a new key.";
    /// The key was revoked.
    RevokedKey = "revoked_key", 401, "The key was revoked",
        "Ask an administrator for a new key.";
    /// The key lacks the scope of the operation.
    MissingScope = "missing_scope", 403, "The key may not do this",
        "The detail names the scope that the operation needs.";
    /// The answer would hold personal data, which the key may not see.
    PersonalData = "personal_data", 403, "The key may not see personal data",
        "Use a key with the scope `personal`.";
    /// There is no such thing.
    NotFound = "not_found", 404, "There is no such thing",
        "It may have been erased, or its time to be kept is over.";
    /// There is no such address.
    NoSuchRoute = "no_such_route", 404, "There is no such address",
        "The page /docs lists all addresses.";
    /// The hook's token is not known.
    UnknownToken = "unknown_token", 404, "The token is not known",
        "Compare the address with the one that Cuebook printed.";
    /// The address does not take the method.
    MethodNotAllowed = "method_not_allowed", 405, "The address does not take this method",
        "The header `Allow` lists the methods that it takes.";
    /// The body came too slowly.
    BodyTimeout = "body_timeout", 408, "The body came too slowly",
        "Send the request again, all at once.";
    /// The state of the thing does not allow it.
    WrongState = "wrong_state", 409, "Its state does not allow this",
        "The detail says what its state is, and what can be done instead.";
    /// A request with the same `Idempotency-Key` is being carried out.
    RequestUnderWay = "request_under_way", 409, "The request is being carried out",
        "Send it again after the seconds that `Retry-After` names: it gets the answer to the first.";
    /// A request with the same `Idempotency-Key` was cut off.
    RequestCutOff = "request_cut_off", 409, "It is not known what became of the request",
        "Look whether it was carried out; if not, send it with another `Idempotency-Key`.";
    /// Another request came with the same `Idempotency-Key`.
    IdempotencyKeyReused = "idempotency_key_reused", 409, "The idempotency key stands for another request",
        "Name each request by an `Idempotency-Key` of its own. A key is kept for 24 hours.";
    /// The hook's token was used lately.
    TokenInUse = "token_in_use", 409, "The token is in use",
        "Wait until Ticketpark uses the new address, or retire it with `force`: what comes with it is refused then.";
    /// Rules cannot be deployed: they come from the folder.
    RulesFromFolder = "rules_from_folder", 409, "The rules come from a folder",
        "Change the files in the folder `rules_dir`, or set `rules_source` to `database`.";
    /// The hook's token was retired; the body is kept in quarantine.
    TokenRetired = "token_retired", 410, "The token was retired",
        "Use the address with the new token. What came is kept as the event `id`, state `rejected`.";
    /// What is asked for is no longer kept.
    Expired = "expired", 410, "It is no longer kept",
        "It is older than `retention.payloads` says. What became of it can still be seen.";
    /// The body is larger than is taken.
    BodyTooLarge = "body_too_large", 413, "The body is too large",
        "A body may have 1 MiB.";
    /// The body's type is not taken.
    UnsupportedMediaType = "unsupported_media_type", 415, "The body's type is not taken",
        "Send `Content-Type: application/json`.";
    /// The body is compressed or otherwise encoded.
    EncodedBody = "encoded_body", 415, "Encoded bodies are not taken",
        "Send the body without `Content-Encoding`.";
    /// A value that can be read and makes no sense where it stands.
    InvalidValue = "invalid_value", 422, "A value makes no sense here",
        "The detail names the value and says what it may be.";
    /// Another service refused the login.
    LoginRefused = "login_refused", 422, "The login was refused",
        "Check user, password and client key.";
    /// Messages cannot be forwarded to a URL.
    UrlRefused = "url_refused", 422, "Messages cannot be forwarded to this URL",
        "The detail says what is wrong with it. Use a public https address, or open another one by `egress.allow`.";
    /// A rule set has errors.
    InvalidRules = "invalid_rules", 422, "The rules have errors",
        "The detail names the first errors; `cuebook check` shows all of them with their places.";
    /// Too many wrong tokens from one address.
    TooManyWrongTokens = "too_many_wrong_tokens", 429, "Too many wrong tokens",
        "A right token is taken at any time.";
    /// Too many wrong keys from one address.
    TooManyWrongKeys = "too_many_wrong_keys", 429, "Too many wrong keys",
        "A right key is taken at any time.";
    /// Too many headers, or too long ones.
    HeadersTooLarge = "headers_too_large", 431, "The headers are too large",
        "A request may have 100 headers of 16 KiB in all.";
    /// Something went wrong inside.
    Internal = "internal", 500, "Something went wrong inside",
        "The log of Cuebook says more.";
    /// Ticketpark cannot be reached.
    TicketparkUnavailable = "ticketpark_unavailable", 502, "Ticketpark cannot be reached",
        "Try again later; the log of Cuebook says more.";
    /// The database cannot be reached or cannot store.
    StoreUnavailable = "store_unavailable", 503, "The database is not available",
        "Try again after the seconds that `Retry-After` names.";
    /// Cuebook is not ready.
    NotReady = "not_ready", 503, "Cuebook is not ready",
        "The detail says what is missing.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_statuses_are_errors() {
        let words: std::collections::HashSet<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(
                code.status().is_client_error() || code.status().is_server_error(),
                "{code:?}"
            );
        }
    }

    #[test]
    fn the_reference_page_lists_each_code_with_its_status() {
        let page = include_str!("../../../../docs/reference/errors.md");
        for code in Code::ALL {
            let row = format!("| `{}` | {} |", code.as_str(), code.status().as_u16());
            assert!(page.contains(&row), "docs/reference/errors.md lacks {row}");
        }
    }
}
