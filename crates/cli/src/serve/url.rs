//! The addresses that follow from the configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use cuebook_core::secret::SecretText;

use crate::config::Config;
use crate::data_folder::DataFolder;

/// The URL under which others reach this Cuebook, without a slash at its end.
pub(crate) fn url_of(config: &Config, listening: SocketAddr) -> String {
    match &config.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => local_url(listening, config.tls.is_some()),
    }
}

/// The URL under which this machine reaches it.
pub(super) fn local_url(listening: SocketAddr, tls: bool) -> String {
    let ip = match listening.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, listening.port()))
}

/// The database: the configured one, else the one in the data folder.
pub(crate) fn database_url(config: &Config, folder: &DataFolder) -> SecretText {
    config
        .database_url
        .clone()
        .unwrap_or_else(|| sqlite(folder, "cuebook.db"))
}

/// The file of an SQLite database; `None` for other databases.
pub(crate) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    path.split('?').next().map(PathBuf::from)
}

/// The database of a demo.
pub(crate) fn demo_database_url(folder: &DataFolder) -> SecretText {
    sqlite(folder, "demo.db")
}

/// The database file `name` of the data folder.
pub(super) fn sqlite(folder: &DataFolder, name: &str) -> SecretText {
    SecretText::new(format!("sqlite://{}", folder.path(name).display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_means_all_is_reached_by_loopback() {
        let url = |text: &str| local_url(text.parse().unwrap(), false);
        assert_eq!(url("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(url("[::1]:81"), "http://[::1]:81");
    }
}
