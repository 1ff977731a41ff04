//! Lists: pages joined, filters, children.

use chrono::TimeDelta;
use cuebook_pretend::Collection;
use cuebook_ticketpark::{Comparison, Error, Filters, Logic, Query};
use serde_json::Value as Json;

use crate::peers::Stage;

fn pids(records: &[Json]) -> Vec<String> {
    records
        .iter()
        .map(|record| record["pid"].to_string())
        .collect()
}

async fn bookings(stage: &Stage, query: Query) -> Vec<Json> {
    stage.client.list("/bookings", &query, 1000).await.unwrap()
}

#[tokio::test]
async fn two_hundred_and_fifty_records_are_joined_each_once() {
    let stage = Stage::logged_in().await;
    let all = bookings(&stage, Query::new()).await;
    let mut different = pids(&all);
    different.sort_unstable();
    different.dedup();
    assert_eq!((all.len(), different.len()), (250, 250));
    assert_eq!(
        stage.asked(),
        [
            "GET /bookings?page=0&maxResults=100",
            "GET /bookings?page=1&maxResults=100",
            "GET /bookings?page=2&maxResults=100"
        ]
    );
}

#[tokio::test]
async fn a_list_stops_at_its_maximum() {
    let stage = Stage::logged_in().await;
    let all = bookings(&stage, Query::new()).await;
    let some = stage
        .client
        .list("/bookings", &Query::new(), 120)
        .await
        .unwrap();
    assert_eq!(pids(&some), pids(&all)[..120]);
    assert!(
        stage
            .client
            .list("/bookings", &Query::new(), 0)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn bookings_changed_since_an_instant_are_found() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::hours(1));
    let since = stage.now().format("%Y-%m-%d %H:%M:%S").to_string();
    stage.pretend.touch(Collection::Bookings, "2932");
    stage.pretend.touch(Collection::Bookings, "2933");
    stage.pretend.withhold(Collection::Bookings, "2933");
    let query = Query::new()
        .property("customer")
        .filter("updated", Comparison::Gte, &*since);
    let changed = bookings(&stage, query).await;
    assert_eq!(pids(&changed), ["2932"]);
    assert!(changed[0]["customer"]["email"].is_string());
    let query = Query::new().filter("updated", Comparison::Gt, &*since);
    assert!(bookings(&stage, query).await.is_empty());
}

#[tokio::test]
async fn filters_go_together_and_into_children() {
    let stage = Stage::logged_in().await;
    let all = bookings(&stage, Query::new().property("customer")).await;
    let of = |locale: &str| {
        let speaks = |booking: &&Json| booking["customer"]["locale"] == locale;
        pids(&all.iter().filter(speaks).cloned().collect::<Vec<_>>())
    };
    let french = Filters::new().filter("locale", Comparison::Eq, "fr");
    let found = bookings(&stage, Query::new().child("customer", french)).await;
    assert_eq!(pids(&found), of("fr"));
    assert!(!found.is_empty() && found.len() < 250);
    assert_eq!(found[0].get("customer"), None);

    let either = Filters::new()
        .logic(Logic::Or)
        .filter("locale", Comparison::Eq, "it")
        .filter("locale", Comparison::Eq, "en");
    let found = bookings(&stage, Query::new().child("customer", either)).await;
    assert_eq!(found.len(), of("it").len() + of("en").len());

    let range = Query::new()
        .filter("updated", Comparison::Gte, "2025-06-01 00:00:00")
        .filter("updated", Comparison::Lt, "2025-07-01 00:00:00");
    let june = bookings(&stage, range).await;
    let in_june = |booking: &Json| booking["updated"].as_str().unwrap().starts_with("2025-06");
    assert!(!june.is_empty() && june.len() < 250);
    assert!(june.iter().filter(|booking| in_june(booking)).count() + 3 >= june.len());
}

#[tokio::test]
async fn an_events_bookings_are_those_of_its_shows() {
    let stage = Stage::logged_in().await;
    let events = stage
        .client
        .list("/events", &Query::new(), 10)
        .await
        .unwrap();
    let mut total = 0;
    for event in &events {
        let path = format!("/events/{}/bookings/", event["pid"].as_str().unwrap());
        let query = Query::new().property("tickets");
        for booking in stage.client.list(&path, &query, 1000).await.unwrap() {
            total += 1;
            assert_eq!(
                booking["tickets"][0]["denormalized_event_name"],
                event["name"]
            );
        }
    }
    assert_eq!((events.len(), total), (5, 250));
}

#[tokio::test]
async fn a_filter_that_the_api_does_not_have_is_a_conflict() {
    let stage = Stage::logged_in().await;
    let query = Query::new().parameter("filters[pid][_comp]", "like");
    let error = stage
        .client
        .list("/bookings", &query, 10)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
}

#[tokio::test]
async fn what_is_no_list_is_said_so() {
    let stage = Stage::logged_in().await;
    let error = stage
        .client
        .list("/shows/1", &Query::new(), 10)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
}

#[tokio::test]
async fn a_record_that_leaves_the_list_while_it_is_read_is_missed_by_the_count() {
    let stage = Stage::logged_in().await;
    let window = || Query::new().filter("updated", Comparison::Lt, "2026-01-01 00:00:00");
    let mut listing = stage.client.listing("/bookings", &window(), usize::MAX);
    let first = listing.next_page().await.unwrap().unwrap();
    assert_eq!((first.len(), listing.missing()), (100, 150));
    // It is changed now, so that the others move up: the first of the second page is on none.
    stage.pretend.touch(Collection::Bookings, &pids(&first)[0]);
    let mut read = first.len();
    while let Some(page) = listing.next_page().await.unwrap() {
        read += page.len();
    }
    assert_eq!((read, listing.missing()), (249, 1));

    let mut again = stage.client.listing("/bookings", &window(), usize::MAX);
    let mut read = 0;
    while let Some(page) = again.next_page().await.unwrap() {
        read += page.len();
    }
    assert_eq!((read, again.missing()), (249, 0));
}
