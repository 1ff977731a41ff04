//! From a path to a URL below the base URL. Whatever a caller gives, the access token goes to no other host.

use url::{Host, Url};

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// Something else than a path such as `/bookings/5`.
    #[error("a path begins with one '/' and has no '..', '\\' or '#'")]
    Path,
    /// A pid that is empty, or dots.
    #[error("a pid is a text that is not empty and no dots")]
    Pid,
    /// A base URL that is neither `https` nor on the loopback.
    #[error("Ticketpark's URL must be https")]
    Insecure,
    /// No user name to log in with.
    #[error("no user name is set to log in with")]
    Username,
    /// The HTTP client refused to build the request.
    #[error("the request could not be built")]
    Unsendable,
}

/// The base URL, checked.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    base: Url,
    secure: bool,
}

impl Endpoint {
    pub(crate) fn new(base: Url) -> Self {
        let secure = match base.scheme() {
            "https" => true,
            "http" => is_loopback(&base),
            _ => false,
        } && !base.cannot_be_a_base();
        Self { base, secure }
    }

    /// The URL of `path`, which may have a query of its own, with `query` after it.
    pub(crate) fn url(&self, path: &str, query: &[(String, String)]) -> Result<Url, BadRequest> {
        let (path, own_query) = path.split_once('?').unwrap_or((path, ""));
        let segments = path.strip_prefix('/').ok_or(BadRequest::Path)?;
        let strange = |c: char| c.is_control() || c == '\\' || c == '#';
        if segments.starts_with('/') || path.contains(strange) || own_query.contains(strange) {
            return Err(BadRequest::Path);
        }
        let mut url = self.append(segments.split('/'), BadRequest::Path)?;
        if !own_query.is_empty() {
            url.set_query(Some(own_query));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The URL of one record.
    pub(crate) fn record(
        &self,
        collection: &str,
        pid: &str,
        query: &[(String, String)],
    ) -> Result<Url, BadRequest> {
        if pid.trim().is_empty() {
            return Err(BadRequest::Pid);
        }
        let mut url = self.append([collection, pid].into_iter(), BadRequest::Pid)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn append<'a>(
        &self,
        segments: impl Iterator<Item = &'a str>,
        problem: BadRequest,
    ) -> Result<Url, BadRequest> {
        if !self.secure {
            return Err(BadRequest::Insecure);
        }
        let mut url = self.base.clone();
        url.set_query(None);
        url.set_fragment(None);
        let mut path = url.path_segments_mut().map_err(|()| BadRequest::Insecure)?;
        path.pop_if_empty();
        for segment in segments {
            // Dots, also escaped ones, would lead out of the API.
            if [".", ".."].contains(&segment.to_ascii_lowercase().replace("%2e", ".").as_str()) {
                return Err(problem);
            }
            path.push(segment);
        }
        drop(path);
        Ok(url)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(base: &str) -> Endpoint {
        Endpoint::new(Url::parse(base).unwrap())
    }

    fn at(path: &str) -> Result<String, BadRequest> {
        let query = [("filters[name]".to_owned(), "Hugo & Söhne".to_owned())];
        endpoint("https://api.ticketpark.ch")
            .url(path, &query)
            .map(String::from)
    }

    #[test]
    fn a_path_and_its_query_come_below_the_base() {
        assert_eq!(
            at("/events/5/bookings/?page=0").as_deref(),
            Ok(
                "https://api.ticketpark.ch/events/5/bookings/?page=0&filters%5Bname%5D=Hugo+%26+S%C3%B6hne"
            )
        );
        assert_eq!(
            endpoint("http://127.0.0.1:8080/api/")
                .url("/shows", &[])
                .unwrap()
                .as_str(),
            "http://127.0.0.1:8080/api/shows"
        );
    }

    #[test]
    fn no_path_leads_to_another_host_or_out_of_the_base() {
        for path in [
            "bookings",
            "//evil.example/bookings",
            "https://evil.example/",
            "/\\evil.example",
            "/a/../oauth/v2/token",
            "/%2e%2E/oauth",
            "/a#b",
            "/a\nb",
        ] {
            assert_eq!(at(path), Err(BadRequest::Path), "{path}");
        }
        assert!(
            at("/@evil.example/")
                .unwrap()
                .starts_with("https://api.ticketpark.ch/")
        );
    }

    #[test]
    fn a_pid_is_one_segment_whatever_it_holds() {
        let api = endpoint("https://api.ticketpark.ch");
        let url = |pid| api.record("bookings", pid, &[]).map(String::from);
        assert_eq!(
            url("../persons/5?x#y").as_deref(),
            Ok("https://api.ticketpark.ch/bookings/..%2Fpersons%2F5%3Fx%23y")
        );
        for pid in ["", " ", ".", ".."] {
            assert_eq!(url(pid), Err(BadRequest::Pid), "{pid:?}");
        }
    }

    #[test]
    fn plain_http_is_for_the_loopback_only() {
        for base in [
            "http://localhost:1",
            "http://127.0.0.9",
            "http://[::1]:1",
            "https://api.ticketpark.ch",
        ] {
            assert!(endpoint(base).url("/x", &[]).is_ok(), "{base}");
        }
        for base in [
            "http://api.ticketpark.ch",
            "http://localhost.example",
            "http://10.0.0.1",
            "ftp://localhost",
            "data:x",
        ] {
            assert_eq!(
                endpoint(base).url("/x", &[]),
                Err(BadRequest::Insecure),
                "{base}"
            );
        }
    }
}
