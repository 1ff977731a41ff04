//! What can be wrong with a configuration. Each message names the key or variable; none shows a secret.

use std::io;
use std::path::PathBuf;

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A file that was named cannot be read.
    #[error("cannot read {path}{}", origin.as_deref().map(|name| format!(", which {name} names")).unwrap_or_default())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The key or variable that names it; `None` for the configuration file itself.
        origin: Option<String>,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{path} is not valid TOML:\n{message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why, as the parser shows it.
        message: String,
    },
    /// No setting has this key.
    #[error("{path} has an unknown key `{key}`{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// No setting has this variable, but one has a name very much like it.
    #[error("the environment has an unknown variable {name}; did you mean {nearest}?")]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The one that was probably meant.
        nearest: String,
    },
    /// A key holds a table or something else that is no value.
    #[error("{path}: `{key}` must be a text, a number, `true` or `false`, or a list of texts")]
    NotAValue {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A value and a file that holds it are both given.
    #[error("{name} and {name_of_file} are both given; keep one")]
    Twice {
        /// The key or variable.
        name: String,
        /// Its form that names a file.
        name_of_file: String,
    },
    /// A value that cannot be used.
    #[error("{origin} gives `{key}` a value that cannot be used: {why}")]
    Invalid {
        /// The key.
        key: &'static str,
        /// Where it stands.
        origin: String,
        /// What is wrong with it.
        why: String,
    },
    /// A setting that needs another one.
    #[error("`{key}` needs `{needed}` beside it")]
    Incomplete {
        /// The key.
        key: &'static str,
        /// The missing one.
        needed: &'static str,
    },
    /// A setting of a part that this version does not have.
    #[error("{origin} sets `{key}`, which is not available in this version; remove it")]
    NotAvailable {
        /// The key.
        key: String,
        /// Where it stands.
        origin: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default()
}
