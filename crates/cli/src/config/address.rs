//! Reading addresses and URLs.

use std::net::SocketAddr;

use url::Url;

/// An address with a port; `localhost` and `*` are understood.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    let text = match text.rsplit_once(':') {
        Some(("localhost", port)) => format!("127.0.0.1:{port}"),
        Some(("*" | "", port)) => format!("0.0.0.0:{port}"),
        _ => text.to_owned(),
    };
    text.parse()
        .map_err(|_| "write an address and a port, such as `127.0.0.1:8080`".to_owned())
}

/// A URL of a web server.
pub(super) fn http_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it must begin with `https://` or `http://`".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must have no user and no password in it".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_its_port() {
        assert_eq!(parse("localhost:80").unwrap().to_string(), "127.0.0.1:80");
        assert_eq!(parse("[::1]:80").unwrap().to_string(), "[::1]:80");
        assert_eq!(parse(":8080").unwrap().to_string(), "0.0.0.0:8080");
        assert!(parse("127.0.0.1").is_err());
        assert!(http_url("ftp://x").is_err());
        for url in ["https://u:hunter2@x", "https://hunter2@x"] {
            let why = http_url(url).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
