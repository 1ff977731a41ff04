//! Many webhooks at once.

use std::collections::HashSet;
use std::sync::Arc;

use cuebook_core::event::EventState;
use cuebook_core::run::RunState;
use cuebook_testkit::{Cuebook, eventually};
use serde_json::json;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 32;
const EACH: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_stored_and_processed() {
    let rule = r#"//! Thanks.
email::send(#{ to: "tom@example.com", subject: `Booking ${event.subject}`, text: "Thank you!" });
"#;
    let cuebook = Cuebook::builder()
        .rule("new-booking/thanks.rhai", rule)
        .start()
        .await;
    let cuebook = Arc::new(cuebook);
    let mut senders = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let cuebook = cuebook.clone();
        senders.spawn(async move {
            let mut ids = Vec::new();
            for number in 0..EACH {
                let payload = json!({ "booking_pid": format!("{connection}-{number}") });
                ids.push(cuebook.hook("new-booking", payload).await);
            }
            ids
        });
    }
    let acknowledged: HashSet<_> = senders.join_all().await.into_iter().flatten().collect();
    assert_eq!(acknowledged.len(), CONNECTIONS * EACH);
    for event in acknowledged {
        let view = cuebook.wait_until_processed(event).await;
        assert_eq!(view.state, EventState::Processed);
        let states: Vec<RunState> = view.runs.iter().map(|run| run.state).collect();
        assert_eq!(states, [RunState::Completed]);
    }
    let all = 320.0;
    let count = "cuebook_event_to_run_end_seconds_count";
    eventually("every run to be counted", async || {
        cuebook.metric(count).await.filter(|number| *number >= all)
    })
    .await;
}
