//! No more than 1 MiB of an answer is read.

use std::time::Duration;

use cuebook_pretend::Collection;
use cuebook_ticketpark::{ANSWER_LIMIT, Error, Query};
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
