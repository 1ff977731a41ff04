//! The accept loop: slow clients, many clients, an orderly end.

use std::time::Duration;

use cuebook_server::ServerLimits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{Running, TOKEN};

const SOON: Duration = Duration::from_secs(5);

fn short() -> ServerLimits {
    ServerLimits {
        header_time: Duration::from_millis(100),
        body_time: Duration::from_millis(100),
        idle_time: Duration::from_millis(300),
        ..ServerLimits::default()
    }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.url.trim_start_matches("http://"))
        .await
        .unwrap()
}

/// What the server says until it closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    // Whether it ends in order or by a reset, it has ended; a server that does not close fails the test.
    let _ = timeout(SOON, stream.read_to_end(&mut said)).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed() {
    let running = Running::with(short()).await;
    let mut stream = connect(&running).await;
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_half_sent_head_is_closed() {
    let running = Running::with(short()).await;
    for beginning in ["G", "GET /healthz HTTP/1.1\r\nhost: x\r\n", "PRI * HTTP"] {
        let mut stream = connect(&running).await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let said = rest(&mut stream).await;
        assert!(!said.contains("200"), "{said}");
    }
}

#[tokio::test]
async fn a_slow_body_is_refused_and_closed() {
    let running = Running::with(short()).await;
    let mut stream = connect(&running).await;
    let head = format!(
        "POST /hooks/ticketpark/{TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("body_timeout"));
    assert_eq!(running.store.counts().await.unwrap().events, 0);
}

#[tokio::test]
async fn too_many_or_too_long_headers_are_refused() {
    let running = Running::start().await;
    let many = "a: b\r\n".repeat(101);
    let long = format!("a: {}\r\n", "b".repeat(20_000));
    for headers in [many, long] {
        let mut stream = connect(&running).await;
        let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        // The server may have hung up before all of it is written.
        let _ = stream.write_all(head.as_bytes()).await;
        let said = rest(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    }
}

#[tokio::test]
async fn a_client_with_something_to_say_gets_in_though_idle_ones_take_all_seats() {
    let running = Running::with(ServerLimits {
        connections: 4,
        ..ServerLimits::default()
    })
    .await;
    let mut idle = Vec::new();
    for _ in 0..12 {
        idle.push(connect(&running).await);
    }
    let answer = timeout(SOON, running.hook(r#"{"type":"new-booking","payload":{}}"#)).await;
    assert_eq!(answer.unwrap().status(), 202);
    drop(idle);
}

#[tokio::test]
async fn the_orderly_end_finishes_what_is_in_hand_and_waits_for_no_half_sent_head() {
    let mut running = Running::start().await;
    let mut half = connect(&running).await;
    half.write_all(b"POST /hooks").await.unwrap();
    let mut idle = connect(&running).await;
    let mut busy = connect(&running).await;
    let body = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;
    let head = format!(
        "POST /hooks/ticketpark/{TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    busy.write_all(head.as_bytes()).await.unwrap();
    // The request must be in hand before the end begins.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let url = running.url.clone();
    let finish = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(
            TcpStream::connect(url.trim_start_matches("http://"))
                .await
                .is_err(),
            "no new connection is taken"
        );
        busy.write_all(body.as_bytes()).await.unwrap();
        rest(&mut busy).await
    };
    let stopping = timeout(SOON, running.stop(Duration::from_secs(30)));
    let (stopped, said) = tokio::join!(stopping, finish);
    stopped.expect("the end waits for nobody who is idle");
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
    assert_eq!(rest(&mut half).await, "");
    assert_eq!(rest(&mut idle).await, "");
    assert_eq!(running.store.counts().await.unwrap().events, 1);
}

#[tokio::test]
async fn who_was_let_in_just_before_the_end_is_answered() {
    let mut running = Running::start().await;
    let mut newcomer = connect(&running).await;
    // It must be let in before the end begins.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let body = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;
    let request = format!(
        "POST /hooks/ticketpark/{TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let ask = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        newcomer.write_all(request.as_bytes()).await.unwrap();
        rest(&mut newcomer).await
    };
    let stopping = timeout(SOON, running.stop(Duration::from_secs(30)));
    let (stopped, said) = tokio::join!(stopping, ask);
    stopped.expect("the end comes soon");
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
}

#[tokio::test]
async fn the_grace_period_ends_what_never_ends() {
    let mut running = Running::start().await;
    let mut busy = connect(&running).await;
    let head =
        format!("POST /hooks/ticketpark/{TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n");
    busy.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    timeout(SOON, running.stop(Duration::from_millis(50)))
        .await
        .expect("the end comes after the grace period");
}

#[tokio::test]
async fn http2_is_spoken_too() {
    let running = Running::start().await;
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .no_proxy()
        .build()
        .unwrap();
    let response = client
        .get(format!("{}/healthz", running.url))
        .send()
        .await
        .unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    assert_eq!(response.status(), 200);
}
