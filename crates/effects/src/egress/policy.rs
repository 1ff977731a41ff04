//! The decision about a URL, and about an address.

use std::net::IpAddr;

use url::{Host, Url};

use super::address;
use super::allow::AllowRule;

/// Where scripts may connect to: public hosts over HTTPS, and what the installation opens.
#[derive(Debug, Clone, Default)]
pub struct EgressPolicy {
    /// What is opened beyond that; also for plain HTTP.
    pub allow: Vec<AllowRule>,
    /// Whether plain HTTP may go to every public host.
    pub allow_http: bool,
}

/// A connection that the policy does not allow, and how to open it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused: {0}")]
pub(crate) struct Refused(String);

/// How far a URL is admitted: what its name may resolve to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Admission {
    /// Public addresses and allowed ranges.
    Public,
    /// Allowed ranges only: plain HTTP that is not open to all.
    AllowedRanges,
    /// Any address: the host itself is allowed.
    Anything,
}

impl EgressPolicy {
    /// Decides about `url`.
    pub(crate) fn admit(&self, url: &Url) -> Result<Admission, Refused> {
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            other => {
                return Err(Refused(format!(
                    "{other}: is no scheme for HTTP; use https"
                )));
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused(
                "a URL must not hold a user or password; use the option auth".to_owned(),
            ));
        }
        let host = url
            .host()
            .ok_or_else(|| Refused("the URL has no host".to_owned()))?;
        if self.opens_host(&host, url.port_or_known_default()) {
            return Ok(Admission::Anything);
        }
        let ip = match host {
            Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
            Host::Domain(_) => None,
        };
        match ip {
            Some(ip) if self.opens_address(ip) => Ok(Admission::Public),
            Some(ip) if !address::is_public(ip) => Err(Refused::not_public(ip)),
            None if plain && !self.allow_http && self.opens_ranges() => {
                Ok(Admission::AllowedRanges)
            }
            _ if plain && !self.allow_http => Err(Refused::plain(&host.to_string())),
            _ => Ok(Admission::Public),
        }
    }

    /// Whether a name that was admitted with `admission` may be reached at `ip`.
    pub(crate) fn admits_address(&self, admission: Admission, ip: IpAddr) -> bool {
        match admission {
            Admission::Anything => true,
            Admission::Public => address::is_public(ip) || self.opens_address(ip),
            Admission::AllowedRanges => self.opens_address(ip),
        }
    }

    /// Whether messages may be forwarded to `url`, as far as can be told without asking for its name's addresses.
    ///
    /// # Errors
    /// With what is wrong with it, and how to open it.
    pub fn check(&self, url: &str) -> Result<(), String> {
        let url = Url::parse(url).map_err(|error| format!("it cannot be used: {error}"))?;
        self.admit(&url)
            .map(|_| ())
            .map_err(|refused| refused.to_string())
    }

    fn opens_host(&self, host: &Host<&str>, port: Option<u16>) -> bool {
        self.allow.iter().any(|rule| match rule {
            AllowRule::Host {
                host: allowed,
                port: allowed_port,
            } => {
                allowed.to_string() == host.to_string()
                    && (allowed_port.is_none() || *allowed_port == port)
            }
            AllowRule::Cidr(_) => false,
        })
    }

    fn opens_address(&self, ip: IpAddr) -> bool {
        let canonical = ip.to_canonical();
        self.allow.iter().any(
            |rule| matches!(rule, AllowRule::Cidr(net) if net.contains(&ip) || net.contains(&canonical)),
        )
    }

    fn opens_ranges(&self) -> bool {
        self.allow
            .iter()
            .any(|rule| matches!(rule, AllowRule::Cidr(_)))
    }
}

impl Refused {
    /// An address that is not public.
    pub(crate) fn not_public(ip: IpAddr) -> Self {
        Self(format!(
            "{ip} is not a public address; to allow it, add it to egress.allow"
        ))
    }

    /// A name that leads to an address that is not public.
    pub(crate) fn name_not_public(name: &str, ip: IpAddr) -> Self {
        Self(format!(
            "{name} leads to {ip}, which is not a public address; to allow it, add {name} or {ip} to egress.allow"
        ))
    }

    /// Plain HTTP to a host that is not opened for it.
    pub(crate) fn plain(host: &str) -> Self {
        Self(format!(
            "plain http to {host}; use https, or add {host} to egress.allow"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allow: &[&str]) -> EgressPolicy {
        EgressPolicy {
            allow: allow.iter().map(|text| text.parse().unwrap()).collect(),
            allow_http: false,
        }
    }

    fn admit(policy: &EgressPolicy, url: &str) -> Result<Admission, String> {
        policy
            .admit(&Url::parse(url).unwrap())
            .map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_refusal_says_what_was_refused_and_how_to_open_it() {
        assert_eq!(
            admit(&policy(&[]), "http://169.254.169.254/latest").unwrap_err(),
            "refused: 169.254.169.254 is not a public address; to allow it, add it to egress.allow"
        );
        assert_eq!(
            admit(&policy(&[]), "http://example.com/").unwrap_err(),
            "refused: plain http to example.com; use https, or add example.com to egress.allow"
        );
    }

    #[test]
    fn other_schemes_and_credentials_in_the_url_are_refused() {
        for url in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://user:pw@example.com/",
            "https://user@example.com/",
        ] {
            assert!(admit(&policy(&[]), url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_range_opens_its_addresses_and_nothing_else() {
        let policy = policy(&["127.0.0.0/8"]);
        assert_eq!(admit(&policy, "http://127.1:8080/"), Ok(Admission::Public));
        assert_eq!(
            admit(&policy, "https://[::ffff:127.0.0.1]/"),
            Ok(Admission::Public)
        );
        assert!(admit(&policy, "https://10.0.0.1/").is_err());
        assert!(admit(&policy, "http://8.8.8.8/").is_err());
        assert_eq!(
            admit(&policy, "http://crm.local/"),
            Ok(Admission::AllowedRanges)
        );
        assert!(policy.admits_address(Admission::AllowedRanges, "127.0.0.1".parse().unwrap()));
        assert!(!policy.admits_address(Admission::AllowedRanges, "8.8.8.8".parse().unwrap()));
        assert!(!policy.admits_address(Admission::Public, "10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_host_with_a_port_opens_that_port_only() {
        let policy = policy(&["crm.local:8080", "127.0.0.1:9000"]);
        assert_eq!(
            admit(&policy, "http://CRM.local:8080/"),
            Ok(Admission::Anything)
        );
        assert!(admit(&policy, "http://crm.local/").is_err());
        assert_eq!(admit(&policy, "https://crm.local/"), Ok(Admission::Public));
        assert_eq!(
            admit(&policy, "http://127.0.0.1:9000/"),
            Ok(Admission::Anything)
        );
        assert!(admit(&policy, "http://127.0.0.1:9001/").is_err());
    }

    #[test]
    fn plain_http_can_be_opened_to_public_hosts_and_to_them_only() {
        let policy = EgressPolicy {
            allow: Vec::new(),
            allow_http: true,
        };
        assert_eq!(admit(&policy, "http://example.com/"), Ok(Admission::Public));
        assert!(admit(&policy, "http://127.0.0.1/").is_err());
    }
}
