//! Rules on a timetable: what becomes of a tick, on time and missed.

use chrono::TimeDelta;
use cuebook_core::event::Origin;
use cuebook_core::run::RunState;
use cuebook_store::{EventFilter, EventView, Page, RunView, Stopped};
use cuebook_testkit::{Builder, Cuebook, eventually};
use serde_json::{Value as Json, json};

/// Each hour on the hour, in a zone whose hours are those of UTC.
const HOURLY: &str = "//! Counts.\n//!\n//! ```toml\n//! schedule = \"0 * * * *\"\n//! timezone = \"UTC\"\n//! ```\n\nlog::info(`${event.type} ${event.origin} ${event.payload.late}`);\n";

fn hourly() -> Builder {
    Cuebook::builder()
        .with_manual_clock()
        .rule("schedule/hourly.rhai", HOURLY)
}

/// The events of ticks, the first one first.
async fn ticks(cuebook: &Cuebook) -> Vec<EventView> {
    let filter = EventFilter {
        origin: Some(Origin::Schedule),
        ..EventFilter::default()
    };
    let listed = cuebook.store().list_events(&filter, &Page::default()).await;
    let mut ticks = listed.unwrap().items;
    ticks.reverse();
    ticks
}

async fn wait_for_ticks(cuebook: &Cuebook, count: usize) -> Vec<EventView> {
    eventually("the ticks", async || {
        let ticks = ticks(cuebook).await;
        (ticks.len() == count).then_some(ticks)
    })
    .await
}

/// Waits until the rule is due at some time, and gives it back as microseconds.
async fn due(cuebook: &Cuebook) -> chrono::DateTime<chrono::Utc> {
    eventually("the timetable to be kept", async || {
        let all = cuebook.store().timetables().await.unwrap();
        all.first().map(|due| due.next)
    })
    .await
}

async fn run_of(cuebook: &Cuebook, tick: &EventView) -> RunView {
    cuebook
        .wait_for_run(tick.event.id, RunState::Completed)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_runs_when_its_time_has_come_and_not_before() {
    let cuebook = hourly().start().await;
    let first = due(&cuebook).await;
    let left = first - cuebook.now();
    cuebook.advance(left - TimeDelta::microseconds(1));
    assert!(ticks(&cuebook).await.is_empty());
    cuebook.advance(TimeDelta::microseconds(1));
    let tick = wait_for_ticks(&cuebook, 1).await.remove(0);
    let shown = run_of(&cuebook, &tick).await;
    assert_eq!(shown.run.rule.as_str(), "schedule/hourly");
    assert_eq!(shown.logs[0].message, "schedule schedule 0");
    cuebook.advance(TimeDelta::hours(1));
    let ticks = wait_for_ticks(&cuebook, 2).await;
    let payload = ticks[1].event.payload();
    assert_eq!(payload["previous"], tick.event.payload()["scheduled_for"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_missed_while_nobody_ran_are_made_up_for_once_and_say_how_late() {
    let cuebook = hourly().start().await;
    let first = due(&cuebook).await;
    cuebook.advance(first - cuebook.now());
    wait_for_ticks(&cuebook, 1).await;
    let killed = cuebook.kill().await;
    killed.advance(TimeDelta::hours(5) + TimeDelta::minutes(7));
    let cuebook = killed.reopen().await;
    let ticks = wait_for_ticks(&cuebook, 2).await;
    let expected = first + TimeDelta::hours(5);
    let payload = ticks[1].event.payload();
    assert_eq!(payload["late"], 7 * 60);
    assert_eq!(
        payload["scheduled_for"],
        json!(expected.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    );
    let shown = run_of(&cuebook, &ticks[1]).await;
    assert_eq!(shown.logs[0].message, "schedule schedule 420");
    let next = eventually("the next hour to be due", async || {
        let next = due(&cuebook).await;
        (next > expected).then_some(next)
    })
    .await;
    assert_eq!(
        next,
        first + TimeDelta::hours(6),
        "it goes on in its rhythm"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_rule_makes_up_for_its_ticks_once_when_it_goes_on() {
    let cuebook = hourly().start().await;
    let first = due(&cuebook).await;
    cuebook
        .store()
        .stop(None, Stopped::Everything)
        .await
        .unwrap();
    cuebook.advance(first - cuebook.now() + TimeDelta::hours(2));
    cuebook
        .store()
        .start(None, Stopped::Everything)
        .await
        .unwrap();
    let ticks = wait_for_ticks(&cuebook, 1).await;
    assert_eq!(ticks[0].event.payload()["previous"], Json::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_timetable_starts_from_now() {
    let mut cuebook = hourly().start().await;
    let first = due(&cuebook).await;
    let daily = HOURLY.replace("0 * * * *", "0 0 1 1 *");
    cuebook
        .change_rules(|files| {
            files
                .0
                .insert("schedule/hourly.rhai".to_owned(), daily.into_bytes());
        })
        .await;
    eventually("the other timetable to be kept", async || {
        (due(&cuebook).await != first).then_some(())
    })
    .await;
    cuebook.advance(first - cuebook.now() + TimeDelta::hours(1));
    let kept = cuebook.store().timetables().await.unwrap();
    assert!(kept[0].next > cuebook.now(), "{kept:?}");
    assert!(ticks(&cuebook).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_tick_runs_its_rule_again() {
    let cuebook = hourly().start().await;
    let first = due(&cuebook).await;
    cuebook.advance(first - cuebook.now());
    let tick = wait_for_ticks(&cuebook, 1).await.remove(0);
    let path = format!("/api/v1/events/{}/replay", tick.event.id);
    let answered = cuebook.post(&path, &json!({})).await;
    assert_eq!(answered.status, 201, "{}", answered.text());
    let replayed = answered.json()["id"].as_str().unwrap().parse().unwrap();
    let shown = cuebook.wait_for_run(replayed, RunState::Completed).await;
    assert_eq!(shown.logs[0].message, "schedule replay 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timetable_that_another_process_has_forgotten_is_kept_again() {
    let cuebook = hourly().start().await;
    let first = due(&cuebook).await;
    cuebook.store().keep_timetables(Vec::new()).await.unwrap();
    assert_eq!(due(&cuebook).await, first);
}
