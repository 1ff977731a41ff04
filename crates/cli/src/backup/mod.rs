//! Backups: one file with the database, the rules and the configuration, each with its checksum. A tar archive, so that
//! whoever has no Cuebook at hand can look into it; its first entry is a list that `sha256sum -c` takes.
//!
//! What is secret is not in it: neither the secret key, of which it has the fingerprint, nor the secrets of the
//! configuration.

mod configuration;
mod error;
mod manifest;
mod place;
mod read;
mod rules;
mod sums;
mod take;
mod write;

pub(crate) use configuration::LEFT_OUT;
pub(crate) use error::BackupError;
pub(crate) use manifest::Manifest;
pub(crate) use place::Place;
pub(crate) use read::Opened;
pub(crate) use take::take;

/// The list of all other entries with their checksums; the first entry.
const SUMS: &str = "SHA256SUMS";
/// What the backup says of itself.
const MANIFEST: &str = "manifest.json";
/// The configuration, without its secrets.
const CONFIGURATION: &str = "cuebook.toml";
/// The folder of the rules.
const RULES: &str = "rules/";
/// The database; the last entry.
const DATABASE: &str = "cuebook.db";
