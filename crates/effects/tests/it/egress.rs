//! Where scripts may not connect to, in every spelling; canaries see no connection.

use cuebook_core::Value;
use cuebook_core::failure::Decision;
use cuebook_effects::{Effects, EgressPolicy};

use crate::peers::http::{HttpPeer, answer};
use crate::setup::{call, settings};

fn closed() -> Effects {
    let mut settings = settings();
    settings.egress = EgressPolicy {
        allow: Vec::new(),
        // Even where plain HTTP is open to the public, the loopback is not.
        allow_http: true,
    };
    Effects::new(settings).unwrap()
}

#[tokio::test]
async fn no_spelling_of_a_loopback_address_reaches_the_canary() {
    let canary = HttpPeer::start([answer("200 OK", &[], "reached")]).await;
    let effects = closed();
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "%31%32%37.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[0:0:0:0:0:0:0:1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{}/", canary.port());
            for (function, arguments) in [
                ("http::get", vec![Value::from(url.as_str())]),
                ("http::post", vec![Value::from(url.as_str()), Value::Unit]),
            ] {
                let failure = call(&effects, function, &arguments).await.unwrap_err();
                assert_eq!(
                    failure.decision,
                    expected(&failure.error.kind),
                    "{url}: {failure:?}"
                );
            }
        }
    }
    assert_eq!(canary.connections(), 0);
}

/// A refusal is final; a name that this machine does not know could be known later.
fn expected(kind: &str) -> Decision {
    match kind {
        "refused" => Decision::Fail,
        "dns" => Decision::Retry { after: None },
        other => panic!("neither refused nor unknown: {other}"),
    }
}

#[tokio::test]
async fn a_name_that_leads_to_the_loopback_is_refused_and_says_so() {
    let canary = HttpPeer::start([answer("200 OK", &[], "reached")]).await;
    let url = format!("http://localhost:{}/", canary.port());
    let failure = call(&closed(), "http::get", &[Value::from(url)])
        .await
        .unwrap_err();
    assert_eq!(failure.error.kind, "refused");
    assert!(
        failure
            .error
            .message
            .starts_with("refused: localhost leads to "),
        "{failure}"
    );
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn the_metadata_service_of_clouds_gets_a_clear_refusal() {
    let mut settings = settings();
    settings.egress = EgressPolicy::default();
    let effects = Effects::new(settings).unwrap();
    let failure = call(
        &effects,
        "http::get",
        &[Value::from("http://169.254.169.254/latest/meta-data")],
    )
    .await
    .unwrap_err();
    assert_eq!(
        failure.error.message,
        "refused: 169.254.169.254 is not a public address; to allow it, add it to egress.allow"
    );
    assert_eq!(
        (failure.error.kind.as_str(), failure.decision),
        ("refused", Decision::Fail)
    );
}

#[tokio::test]
async fn a_range_opens_names_that_lead_into_it_also_in_plain() {
    let peer = HttpPeer::start([answer("200 OK", &[], "reached")]).await;
    let mut settings = settings();
    settings.egress.allow = vec!["127.0.0.0/8".parse().unwrap()];
    let effects = Effects::new(settings).unwrap();
    let url = format!("http://localhost:{}/", peer.port());
    assert!(
        call(&effects, "http::get", &[Value::from(url)])
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_allowed_port_opens_no_other_port_of_the_same_name() {
    let canary = HttpPeer::start([answer("200 OK", &[], "reached")]).await;
    let mut settings = settings();
    settings.egress = EgressPolicy {
        allow: vec!["localhost:1".parse().unwrap()],
        allow_http: true,
    };
    let effects = Effects::new(settings).unwrap();
    let url = format!("http://localhost:{}/", canary.port());
    let failure = call(&effects, "http::get", &[Value::from(url)])
        .await
        .unwrap_err();
    assert_eq!(failure.error.kind, "refused");
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_what_is_closed_is_handed_on_and_not_followed() {
    let canary = HttpPeer::start([answer("200 OK", &[], "reached")]).await;
    for target in [
        format!("http://localhost:{}/", canary.port()),
        format!("http://127.1:{}/", canary.port()),
        "http://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        let location = format!("Location: {target}");
        let peer = HttpPeer::start([answer("302 Found", &[&location], "")]).await;
        let mut settings = settings();
        settings.egress.allow = vec![format!("127.0.0.1:{}", peer.port()).parse().unwrap()];
        let effects = Effects::new(settings).unwrap();
        let answer = call(&effects, "http::get", &[Value::from(peer.url("/"))])
            .await
            .unwrap();
        assert_eq!(answer.get("status"), Some(&Value::Int(302)), "{target}");
    }
    assert_eq!(canary.connections(), 0);
}
