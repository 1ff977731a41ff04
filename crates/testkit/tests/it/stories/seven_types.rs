//! The seven messages of Ticketpark, with the rules that Cuebook comes with.

use std::path::Path;

use cuebook_core::events;
use cuebook_core::run::RunState;
use cuebook_testkit::Cuebook;

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_seven_messages_is_stored_and_run_by_its_starter_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let cuebook = Cuebook::builder()
        .capturing()
        .with_ticketpark()
        .rules(&folder)
        .start()
        .await;
    for descriptor in events::SENT {
        let answered = cuebook.post_hook(descriptor.example).await;
        assert_eq!(answered.status, 202, "{}", descriptor.name);
        let id = answered.json()["id"].as_str().unwrap().parse().unwrap();
        let view = cuebook.wait_until_ended(id).await;
        let event = &view.event;
        assert_eq!(event.body, descriptor.example.as_bytes());
        assert_eq!(event.event_type.as_ref().unwrap().as_str(), descriptor.name);
        assert!(event.subject.is_some());
        let states: Vec<RunState> = view.runs.iter().map(|run| run.state).collect();
        assert_eq!(
            states,
            [RunState::Completed],
            "{}: {:?}",
            descriptor.name,
            view.runs
        );
    }
}
