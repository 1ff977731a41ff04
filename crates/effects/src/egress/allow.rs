//! The entries of `egress.allow`.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

/// What an entry of `egress.allow` opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowRule {
    /// Every address in a range; also over plain HTTP.
    Cidr(IpNet),
    /// A host by the name in the URL, whatever it resolves to; also over plain HTTP.
    Host {
        /// The name or address.
        host: Host,
        /// The only port that is open; all if `None`.
        port: Option<u16>,
    },
}

/// A text that is no entry of `egress.allow`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} opens nothing: write a range (10.0.0.0/8), an address (10.0.0.7), a host (crm.local) or a host with its port (crm.local:8080)"
)]
pub struct NotAnAllowRule(String);

impl FromStr for AllowRule {
    type Err = NotAnAllowRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Cidr(net.trunc()));
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self::Cidr(IpNet::from(ip)));
        }
        let invalid = || NotAnAllowRule(text.to_owned());
        if text.contains(['/', '@', '?', '#', ' ', '*']) {
            return Err(invalid());
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, Some(port.parse().map_err(|_| invalid())?))
            }
            _ => (text, None),
        };
        match (Host::parse(host).map_err(|_| invalid())?, port) {
            (Host::Ipv4(ip), None) => Ok(Self::Cidr(IpNet::from(IpAddr::V4(ip)))),
            (Host::Ipv6(ip), None) => Ok(Self::Cidr(IpNet::from(IpAddr::V6(ip)))),
            (host, port) => Ok(Self::Host { host, port }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_addresses_and_hosts_are_read() {
        let rule = |text: &str| text.parse::<AllowRule>().unwrap();
        let cidr = |text: &str| AllowRule::Cidr(text.parse().unwrap());
        let host = |name: &str, port| AllowRule::Host {
            host: Host::parse(name).unwrap(),
            port,
        };
        assert_eq!(rule("10.0.0.0/8"), cidr("10.0.0.0/8"));
        assert_eq!(rule("10.1.2.3/8"), cidr("10.0.0.0/8"));
        assert_eq!(rule(" 127.0.0.1 "), cidr("127.0.0.1/32"));
        assert_eq!(rule("::1"), cidr("::1/128"));
        assert_eq!(rule("[::1]"), cidr("::1/128"));
        assert_eq!(rule("CRM.local"), host("crm.local", None));
        assert_eq!(rule("crm.local:8080"), host("crm.local", Some(8080)));
        assert_eq!(rule("127.0.0.1:8080"), host("127.0.0.1", Some(8080)));
        assert_eq!(rule("[::1]:8080"), host("[::1]", Some(8080)));
    }

    #[test]
    fn what_opens_nothing_is_refused() {
        for text in [
            "",
            "*",
            "*.local",
            "http://crm.local",
            "crm.local:",
            "crm.local:x",
            "10.0.0.0/33",
            "a b",
            "crm.local/x",
        ] {
            assert!(text.parse::<AllowRule>().is_err(), "{text:?}");
        }
    }
}
