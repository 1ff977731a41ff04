//! Where a request comes from: the other end of its connection or, where that is a proxy that the operator trusts, the
//! address that the proxy names.
//!
//! Anybody can write `X-Forwarded-For`. So it is read from its end, where the nearest proxy has written, and only as far as
//! each entry was written by an address that is trusted.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use poem::http::HeaderMap;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

/// The address of the client behind a connection from `peer`.
pub(crate) fn client_address(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> ClientAddress {
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
        return ClientAddress(None);
    };
    let mut client = peer;
    let lines = headers.get_all(FORWARDED_FOR).iter();
    // What is no text may stand beside what a proxy has added in the same line.
    let lines: Vec<String> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .collect();
    let entries: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).collect();
    for entry in entries.into_iter().rev() {
        if !is_trusted(client, trusted) {
            break;
        }
        // Whoever is trusted and writes something else than an address is the last that is known.
        let Some(address) = address(entry.trim()) else {
            break;
        };
        client = address;
    }
    ClientAddress(Some(client))
}

/// Whether the operator trusts what `address` says of others.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare
        .parse()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn client(peer: &str, lines: &[&'static str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let found = client_address(Some(peer.parse().unwrap()), &headers, &trusted);
        found.0.unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        for (peer, lines, expected) in [
            ("192.0.2.1", vec!["198.51.100.1"], "192.0.2.1"),
            ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("::1", vec!["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
        ] {
            assert_eq!(client(peer, &lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn what_a_client_wrote_itself_is_not_reached() {
        for (lines, expected) in [
            (vec!["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
            (vec!["203.0.113.9, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            (
                vec!["203.0.113.9", "198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            (vec!["203.0.113.9, nonsense"], "10.0.0.1"),
            (vec!["198.51.100.1:4711"], "198.51.100.1"),
            (vec!["[2001:db8::1]:4711"], "2001:db8::1"),
            (vec!["[2001:db8::1]"], "2001:db8::1"),
        ] {
            assert_eq!(client("10.0.0.1", &lines), expected, "{lines:?}");
        }
    }
}
