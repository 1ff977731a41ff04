//! Who comes in and what they did, from the shell.

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::http;
use crate::server::Server;

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":7}}"#;

fn good(ended: Ended) -> String {
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.stdout
}

fn json(ended: Ended) -> Json {
    serde_json::from_str(&good(ended)).unwrap()
}

#[test]
fn when_all_keys_are_lost_one_is_made_in_the_database_itself() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &[]);
    let create = [
        "keys", "create", "rescue", "--scope", "admin", "--local", "--json",
    ];
    let refused = folder.run(&create, &[]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("stop it"), "{refused:?}");
    assert_eq!(server.terminate(), Some(0));
    let made = json(folder.run(&create, &[]));
    let key = made["key"].as_str().unwrap().to_owned();

    let server = Server::start(&folder, &[], &[]);
    let answer = http::request("GET", &server.url, "/api/v1/keys", &key, "");
    assert_eq!(answer.status, 200, "{answer:?}");
    let log = json(folder.run(
        &[
            "audit",
            "--key",
            "local",
            "--operation",
            "create_key",
            "--json",
        ],
        &[],
    ));
    assert_eq!(log["items"][0]["target_id"], made["id"]);
    assert!(!log.to_string().contains(&key));
}

#[test]
fn a_key_is_made_shown_once_rotated_and_revoked() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &[]);
    let create = [
        "keys", "create", "console", "--scope", "read", "--days", "30",
    ];
    let made = good(folder.run(&create, &[]));
    let key = made.lines().next().unwrap();
    assert_eq!(
        http::request("GET", &server.url, "/api/v1/events", key, "").status,
        200
    );
    let list = good(folder.run(&["keys", "list"], &[]));
    assert!(list.contains("console") && !list.contains(key), "{list}");
    let id = key.split('_').nth(1).unwrap();
    let rotated = good(folder.run(&["keys", "rotate", id, "--overlap-hours", "0"], &[]));
    let next = rotated.lines().next().unwrap();
    let status = |key: &str| http::request("GET", &server.url, "/api/v1/events", key, "").status;
    assert_eq!((status(key), status(next)), (401, 200));
    let id = next.split('_').nth(1).unwrap();
    good(folder.run(&["keys", "revoke", id], &[]));
    assert_eq!(status(next), 401);
    let last = folder.run(&["keys", "revoke", "admin"], &[]);
    assert_eq!(last.code, 2, "{last:?}");
    assert!(last.stderr.contains("make one first"), "{last:?}");
}

#[test]
fn a_hook_token_is_exchanged_for_another() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &[]);
    let made = json(folder.run(&["tokens", "create", "shop", "--json"], &[]));
    let (id, token) = (
        made["id"].as_str().unwrap(),
        made["token"].as_str().unwrap(),
    );
    assert_eq!(server.webhook(token, BOOKING).status, 202);
    // The use is written down beside what comes next.
    good(folder.run(&["pause"], &[]));
    let list = good(folder.run(&["tokens", "list"], &[]));
    assert!(list.contains("shop") && list.contains("default"), "{list}");
    let refused = folder.run(&["tokens", "retire", id], &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("token_in_use"), "{refused:?}");
    good(folder.run(&["tokens", "retire", id, "--force"], &[]));
    assert_eq!(server.webhook(token, BOOKING).status, 410);
    good(folder.run(&["tokens", "restore", id], &[]));
    assert_eq!(server.webhook(token, BOOKING).status, 202);
}

#[test]
fn a_secret_is_set_from_stdin_and_only_its_name_is_read() {
    let folder = Folder::new();
    let _server = Server::start(&folder, &[], &[]);
    good(folder.run_with(&["secrets", "set", "CRM"], &[], "the canary\n"));
    let list = good(folder.run(&["secrets", "list"], &[]));
    assert!(list.contains("CRM") && !list.contains("canary"), "{list}");
    good(folder.run(&["secrets", "delete", "CRM"], &[]));
    let gone = folder.run(&["secrets", "delete", "CRM"], &[]);
    assert_eq!(gone.code, 2, "{gone:?}");
    let nothing = folder.run_with(&["secrets", "set", "CRM"], &[], "");
    assert_eq!(nothing.code, 2, "{nothing:?}");
    let log = good(folder.run(&["audit", "--kind", "secret"], &[]));
    assert!(
        log.contains("put_secret") && log.contains("delete_secret"),
        "{log}"
    );
    assert!(!log.contains("canary"), "{log}");
}

#[test]
fn over_tls_the_commands_find_the_server_and_believe_its_certificate() {
    let folder = Folder::new();
    let made = rcgen::generate_simple_self_signed(vec!["cuebook.test".to_owned()]).unwrap();
    folder.write("cert.pem", &made.cert.pem());
    folder.write("key.pem", &made.signing_key.serialize_pem());
    let tls = [
        ("CUEBOOK_TLS_CERT", "cert.pem"),
        ("CUEBOOK_TLS_KEY", "key.pem"),
        ("CUEBOOK_PUBLIC_URL", "https://cuebook.test"),
    ];
    let server = Server::start(&folder, &[], &tls);
    assert_eq!(server.url, "https://cuebook.test");
    let list = good(folder.run(&["keys", "list"], &tls));
    assert!(list.contains("admin"), "{list}");
    let other = rcgen::generate_simple_self_signed(vec!["cuebook.test".to_owned()]).unwrap();
    folder.write("other.pem", &other.cert.pem());
    let doubting = [("CUEBOOK_TLS_CERT", "other.pem"), tls[1], tls[2]];
    let refused = folder.run(&["keys", "list"], &doubting);
    assert_eq!(refused.code, 3, "{refused:?}");
}

#[test]
fn an_open_address_needs_a_certificate_or_a_proxy() {
    let folder = Folder::new();
    for (environment, told) in [
        (vec![("CUEBOOK_LISTEN", "0.0.0.0:0")], "tls.cert"),
        (vec![("CUEBOOK_TLS_CERT", "cert.pem")], "tls.key"),
        (
            vec![("CUEBOOK_TRUSTED_PROXIES", "10.0.0.0/8, proxy")],
            "trusted_proxies",
        ),
    ] {
        let ended = folder.run(&["serve"], &environment);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains(told), "{ended:?}");
    }
}
