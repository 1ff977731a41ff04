//! The options of HTTP functions, as descriptors and docs list them.

use cuebook_core::function::{OptionKey, ParameterKind};

const HEADERS: OptionKey = OptionKey {
    name: "headers",
    kind: ParameterKind::Map,
    required: false,
    doc: "Headers by name; a value may be a secret.",
};

const AUTH: OptionKey = OptionKey {
    name: "auth",
    kind: ParameterKind::Options(&[
        OptionKey {
            name: "bearer",
            kind: ParameterKind::TextOrSecret,
            required: false,
            doc: "The token of `Authorization: Bearer`.",
        },
        OptionKey {
            name: "basic",
            kind: ParameterKind::Array,
            required: false,
            doc: "User and password of `Authorization: Basic`.",
        },
    ]),
    required: false,
    doc: "`#{bearer: secret(\"NAME\")}` or `#{basic: [\"user\", secret(\"NAME\")]}`.",
};

const TIMEOUT: OptionKey = OptionKey {
    name: "timeout",
    kind: ParameterKind::Duration,
    required: false,
    doc: "How long the whole exchange may take: 30 s if left out, 2 m at most.",
};

const RETRY: OptionKey = OptionKey {
    name: "retry",
    kind: ParameterKind::Text,
    required: false,
    doc: "`\"safe\"`: only when nothing can have been processed (the default of POST and PATCH). `\"always\"`: whatever \
          happened, since the other side honours the Idempotency-Key (the default of GET, PUT and DELETE). `\"never\"`.",
};

/// Of calls.
pub(crate) const OPTIONS: &[OptionKey] = &[HEADERS, AUTH, TIMEOUT, RETRY, FORM];

/// Of sends, which are always retried.
pub(crate) const SEND_OPTIONS: &[OptionKey] = &[HEADERS, AUTH, TIMEOUT, FORM];

const FORM: OptionKey = OptionKey {
    name: "form",
    kind: ParameterKind::Map,
    required: false,
    doc: "The fields of a form, in place of a body: the body is `()` then.",
};
