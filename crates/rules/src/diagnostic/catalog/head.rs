//! The head of a rule: its options.

use super::codes;

codes! {
    "The head";

    UNKNOWN_OPTION = "E0201": "the head has an option that there is not",
        "An option is never ignored: one that is misspelt would leave the default in force, unseen.",
        "new-payment/example.rhai": "//! ```toml\n//! concurency = \"none\"\n//! ```\n" => "//! ```toml\n//! concurrency = \"none\"\n//! ```\n";
    OPTION_VALUE = "E0203": "an option's value cannot be used",
        "The message says what would be right; lengths of time are a whole number and a unit: `\"30s\"`, `\"5m\"`, `\"2h\"`, `\"14d\"`, `\"1w\"`.",
        "new-payment/example.rhai": "//! ```toml\n//! timeout = \"20 days\"\n//! ```\n" => "//! ```toml\n//! timeout = \"20d\"\n//! ```\n";
    HEAD_TOML = "E0204": "the options are no valid TOML",
        "Texts stand in quotes, an option in a line of its own, and the block ends with three backticks.",
        "new-payment/example.rhai": "//! ```toml\n//! concurrency = none\n//! ```\n" => "//! ```toml\n//! concurrency = \"none\"\n//! ```\n";
}
