//! Resolves names for the HTTP client and keeps only the addresses that the policy admits, so that the client connects to
//! nothing else: also not when a name answers differently the next time.

use std::net::SocketAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::policy::{Admission, EgressPolicy, Refused};

/// Asks for the addresses of a name.
pub(crate) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Resolves names within the policy.
#[derive(Clone)]
pub(crate) struct CheckedResolver {
    policy: Arc<EgressPolicy>,
    admission: Admission,
    lookup: Lookup,
}

impl CheckedResolver {
    /// Resolves by the operating system.
    pub(crate) fn system(policy: Arc<EgressPolicy>, admission: Admission) -> Self {
        Self {
            policy,
            admission,
            lookup: Arc::new(|name| {
                Box::pin(async move {
                    // The client puts the URL's port in place of 0.
                    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
                })
            }),
        }
    }

    /// The addresses of `name` that may be connected to.
    async fn admitted(
        &self,
        name: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = (self.lookup)(name.to_owned()).await?;
        let admitted: Vec<SocketAddr> = found
            .iter()
            .filter(|address| self.policy.admits_address(self.admission, address.ip()))
            .copied()
            .collect();
        if admitted.is_empty() {
            return Err(self.refusal(name, &found).into());
        }
        Ok(admitted)
    }

    fn refusal(&self, name: &str, found: &[SocketAddr]) -> Refused {
        let not_public = found
            .iter()
            .find(|address| !self.policy.admits_address(Admission::Public, address.ip()));
        match not_public {
            Some(address) => Refused::name_not_public(name, address.ip()),
            None => Refused::plain(name),
        }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.admitted(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A resolver whose name has these addresses, one list a question.
    fn answering(admission: Admission, allow: &[&str], answers: &[&[&str]]) -> CheckedResolver {
        let answers: Vec<Vec<SocketAddr>> = answers
            .iter()
            .rev()
            .map(|list| {
                list.iter()
                    .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
                    .collect()
            })
            .collect();
        let answers = Arc::new(Mutex::new(answers));
        CheckedResolver {
            policy: Arc::new(EgressPolicy {
                allow: allow.iter().map(|text| text.parse().unwrap()).collect(),
                allow_http: false,
            }),
            admission,
            lookup: Arc::new(move |_| {
                let answers = Arc::clone(&answers);
                Box::pin(async move { Ok(answers.lock().unwrap().pop().unwrap()) })
            }),
        }
    }

    async fn resolve(resolver: &CheckedResolver) -> Result<Vec<String>, String> {
        resolver
            .admitted("name.example")
            .await
            .map(|list| {
                list.iter()
                    .map(|address| address.ip().to_string())
                    .collect()
            })
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn only_admitted_addresses_are_handed_on() {
        let resolver = answering(Admission::Public, &[], &[&["10.0.0.1", "1.1.1.1", "::1"]]);
        assert_eq!(resolve(&resolver).await, Ok(vec!["1.1.1.1".to_owned()]));
    }

    #[tokio::test]
    async fn a_name_that_turns_to_a_private_address_is_refused_the_second_time() {
        let resolver = answering(Admission::Public, &[], &[&["1.1.1.1"], &["127.0.0.1"]]);
        assert!(resolve(&resolver).await.is_ok());
        assert_eq!(
            resolve(&resolver).await.unwrap_err(),
            "refused: name.example leads to 127.0.0.1, which is not a public address; to allow it, add name.example or 127.0.0.1 to egress.allow"
        );
    }

    #[tokio::test]
    async fn plain_http_reaches_allowed_ranges_only() {
        let resolver = answering(
            Admission::AllowedRanges,
            &["10.0.0.0/8"],
            &[&["10.0.0.1"], &["1.1.1.1"]],
        );
        assert_eq!(resolve(&resolver).await, Ok(vec!["10.0.0.1".to_owned()]));
        assert!(
            resolve(&resolver)
                .await
                .unwrap_err()
                .starts_with("refused: plain http")
        );
    }
}
