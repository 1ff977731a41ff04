//! Rules that make events.

use cuebook_core::event::{EventState, Origin};
use cuebook_core::limits::EMIT_DEPTH;
use cuebook_core::run::RunState;
use cuebook_store::{EventFilter, EventView, Page};
use cuebook_testkit::{Cuebook, eventually};
use serde_json::json;

/// All events of a type that rules emitted, once there are `count`.
async fn emitted(cuebook: &Cuebook, event_type: &str, count: usize) -> Vec<EventView> {
    let filter = EventFilter {
        event_type: vec![event_type.to_owned()],
        origin: Some(Origin::Emit),
        ..EventFilter::default()
    };
    let page = Page {
        limit: 100,
        cursor: None,
    };
    let what = format!("{count} emitted events");
    eventually(&what, async || {
        let listed = cuebook.store().list_events(&filter, &page).await.unwrap();
        let processed = |view: &EventView| view.state != EventState::Pending;
        let done = listed.items.len() >= count && listed.items.iter().all(processed);
        done.then_some(listed.items)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emitted_event_knows_where_it_comes_from_and_runs_its_own_rules() {
    let cuebook = Cuebook::builder()
        .rule(
            "new-booking/check.rhai",
            "//! Asks for a check.\nemit(\"seat-check\", #{ booking_pid: event.subject, row: 7 });\n",
        )
        .rule(
            "seat-check/check.rhai",
            "//! Checks.\nif event.payload.row != 7 { fail(\"another row\"); }\n",
        )
        .start()
        .await;
    let parent = cuebook
        .hook("new-booking", json!({ "booking_pid": "42" }))
        .await;
    let shown = cuebook.ended_run(parent).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );

    let views = emitted(&cuebook, "seat-check", 1).await;
    let [view] = &views[..] else {
        panic!("{views:?}")
    };
    assert_eq!(view.event.parent, Some(parent));
    assert_eq!(view.event.depth, 1);
    assert_eq!(view.event.subject.as_ref().unwrap().as_str(), "42");
    let states: Vec<RunState> = view.runs.iter().map(|run| run.state).collect();
    assert_eq!(states, [RunState::Completed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_emit_for_each_other_are_stopped_with_a_reason() {
    let cuebook = Cuebook::builder()
        .rule("ping/again.rhai", "//! Again.\nemit(\"ping\", #{});\n")
        .start()
        .await;
    cuebook.hook("ping", json!({})).await;
    let depth = usize::try_from(EMIT_DEPTH).unwrap();
    let views = emitted(&cuebook, "ping", depth).await;
    assert_eq!(views.len(), depth);
    let last = views.iter().max_by_key(|view| view.event.depth).unwrap();
    let run = cuebook.run(last.runs[0].id).await.run;
    assert_eq!(run.state, RunState::Failed);
    assert_eq!(run.code.as_deref(), Some("emit_limit"));
    assert!(run.reason.unwrap().contains("emit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_fails_emits_nothing() {
    let cuebook = Cuebook::builder()
        .rule(
            "new-booking/check.rhai",
            "//! Fails.\nemit(\"seat-check\", #{});\nfail(\"no\");\n",
        )
        .start()
        .await;
    let parent = cuebook
        .hook("new-booking", json!({ "booking_pid": "42" }))
        .await;
    assert_eq!(cuebook.ended_run(parent).await.run.state, RunState::Failed);
    assert_eq!(emitted(&cuebook, "seat-check", 0).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_of_events_that_grows_too_large_is_stopped_with_a_reason() {
    let cuebook = Cuebook::builder()
        .rule(
            "start/emit.rhai",
            "//! Emits.\nfor n in 0..20 { emit(\"more\", #{ n: n }); }\n",
        )
        .rule(
            "more/emit.rhai",
            "//! Emits.\nfor n in 0..60 { emit(\"leaf\", #{}); }\n",
        )
        .start()
        .await;
    cuebook.hook("start", json!({})).await;
    let mut states: Vec<(RunState, Option<String>)> = Vec::new();
    for view in emitted(&cuebook, "more", 20).await {
        let run = cuebook.ended_run(view.event.id).await.run;
        states.push((run.state, run.code));
    }
    let failed = (RunState::Failed, Some("emit_limit".to_owned()));
    let many = |wanted| states.iter().filter(|state| **state == wanted).count();
    assert_eq!(
        many((RunState::Completed, None)),
        16,
        "20 + 16 * 60 are 980"
    );
    assert_eq!(many(failed), 4);
}
