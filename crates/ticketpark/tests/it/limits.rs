//! No more than 1 MiB of an answer is read.

use std::time::Duration;

use cuebook_pretend::Collection;
use cuebook_ticketpark::{ANSWER_LIMIT, CONCURRENCY, Error, Query};
use serde_json::{Map, Value as Json, json};

use crate::peers::{Scripted, Stage, answer, tokens};

async fn read(body: Vec<u8>) -> Result<Json, Error> {
    let peer = Scripted::new(vec![tokens(1), body], Duration::from_secs(5)).await;
    peer.client.get("/shows/1", &[]).await
}

fn text(length: usize) -> String {
    format!("\"{}\"", "x".repeat(length - 2))
}

#[tokio::test]
async fn an_answer_of_the_limit_is_read_and_one_byte_more_is_not() {
    let whole = read(answer("200 OK", "", &text(ANSWER_LIMIT)))
        .await
        .unwrap();
    assert_eq!(whole.as_str().unwrap().len(), ANSWER_LIMIT - 2);
    let error = read(answer("200 OK", "", &text(ANSWER_LIMIT + 1)))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::TooLarge));
    assert_eq!(
        error.to_string(),
        "Ticketpark's answer is larger than 1 MiB"
    );
}

#[tokio::test]
async fn an_answer_without_a_length_is_stopped_as_it_comes() {
    let mut endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..64 {
        endless.extend_from_slice(b"10000\r\n");
        endless.extend(std::iter::repeat_n(b' ', 0x10000));
        endless.extend_from_slice(b"\r\n");
    }
    assert!(matches!(read(endless).await, Err(Error::TooLarge)));
}

#[tokio::test]
async fn a_huge_error_page_is_cut() {
    let page = "x".repeat(3 * ANSWER_LIMIT);
    let error = read(answer("500 Oops", "", &page)).await.unwrap_err();
    assert_eq!(error.answer().map(str::len), Some(2048));
}

#[tokio::test]
async fn a_list_of_large_records_is_read_in_smaller_pages() {
    let stage = Stage::logged_in().await;
    let bookings = stage
        .client
        .list("/bookings", &Query::new(), 60)
        .await
        .unwrap();
    for booking in &bookings {
        let note = Map::from_iter([("note".to_owned(), json!("x".repeat(30_000)))]);
        stage
            .pretend
            .edit(Collection::Bookings, &booking["pid"].to_string(), note);
    }
    let again = stage
        .client
        .list("/bookings", &Query::new(), 60)
        .await
        .unwrap();
    assert_eq!(again.len(), 60);
    assert!(
        again
            .iter()
            .zip(&bookings)
            .all(|(again, before)| again["pid"] == before["pid"])
    );
    assert!(
        stage
            .asked()
            .contains(&"GET /bookings?page=1&maxResults=30".to_owned())
    );
}

#[tokio::test]
async fn an_answer_that_nests_too_deep_or_poses_as_a_number_is_not_read() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for body in [&*deep, r#"{"$serde_json::private::Number":"1"}"#] {
        let error = read(answer("200 OK", "", body)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error}");
    }
}

#[tokio::test]
async fn so_many_requests_are_out_at_once_and_the_wait_for_a_place_takes_none_of_a_requests_time() {
    let peer = Scripted::new(vec![tokens(1)], Duration::from_millis(400)).await;
    let asked = || peer.requests().len() - 1;
    let all =
        futures::future::join_all((0..CONCURRENCY + 5).map(|_| peer.client.get("/shows/1", &[])));
    let watch = async {
        while peer.requests().len() <= CONCURRENCY {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        asked()
    };
    let (results, at_once) = tokio::join!(all, watch);
    assert_eq!(at_once, CONCURRENCY);
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Err(Error::Timeout(_))))
    );
    assert_eq!(asked(), CONCURRENCY + 5, "each had its whole time");
}
