//! What is handed over to a person.

use cuebook_core::Value;
use cuebook_core::journal::StepRecord;
use cuebook_store::{CompletedAs, NewPrivacyRequest, PrivacyKind};

use super::scene::{BOOKING, EMAIL, NAME, OTHER, OTHER_EMAIL, PERSON, by, lived, rows, work};
use crate::script::{checkpoint, claim_one, mails, question};
use crate::stage::{Stage, stories};

stories! {
    async fn an_export_holds_all_of_the_person_and_nothing_of_others(stage: &Stage) {
        let store = stage.open().await;
        let waits = lived(stage, &store).await;
        let before = rows(stage).await;
        let request = NewPrivacyRequest {
            kind: PrivacyKind::Export,
            dry_run: false,
            person: by(Some(PERSON), Some(EMAIL), None),
            requested_by: None,
        };
        let id = store.ask_privacy(&request).await.unwrap().0;
        assert_eq!(store.exported(id).await.unwrap(), None, "not yet");
        work(&store).await;
        let data = store.exported(id).await.unwrap().unwrap();
        assert_eq!(data["events"].as_array().unwrap().len(), 3);
        assert_eq!(data["runs"].as_array().unwrap().len(), 2);
        assert!(data["runs"].to_string().contains(&waits.run.id.to_string()));
        assert_eq!(data["runs"][0]["steps"][0]["answer"]["customer"]["pid"], PERSON);
        assert!(data["effects"][0]["body"].as_str().unwrap().starts_with("To: "), "the whole mail");
        assert_eq!(data["remembered"]["state"][0]["value"], NAME);
        let text = data.to_string();
        assert!(!text.contains(OTHER) && !text.contains(OTHER_EMAIL));
        assert_eq!(rows(stage).await, before, "nothing is changed");
    }

    async fn of_a_run_that_read_the_bookings_of_all_only_the_persons_are_handed_over(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(stage.booking(OTHER, &["new-booking/thanks"])).await.unwrap();
        let run = claim_one(&store).await;
        let record = |pid: &str, email: &str| Value::from([
            ("pid", Value::from(pid)),
            ("customer", Value::from([("email", Value::from(email))])),
        ]);
        let list = Value::Array(vec![record(OTHER, OTHER_EMAIL), record(BOOKING, EMAIL), record("293200000043", OTHER_EMAIL)]);
        let mut last = checkpoint(&run);
        last.steps.push(StepRecord {
            question: question("ticketpark::list"),
            arguments: vec![Value::from("bookings")],
            ..stage.step(0, Some(list))
        });
        last.steps.push(StepRecord {
            question: question("ticketpark::booking"),
            arguments: vec![Value::from(OTHER)],
            ..stage.step(1, Some(record(OTHER, OTHER_EMAIL)))
        });
        let segment = mails(2, &[EMAIL, OTHER_EMAIL]);
        store.complete_run(last, segment, CompletedAs::Completed).await.unwrap();
        let request = NewPrivacyRequest {
            kind: PrivacyKind::Export,
            dry_run: false,
            person: by(None, Some(EMAIL), None),
            requested_by: None,
        };
        let id = store.ask_privacy(&request).await.unwrap().0;
        work(&store).await;
        let data = store.exported(id).await.unwrap().unwrap();
        let text = data.to_string();
        assert!(text.contains(EMAIL) && !text.contains(OTHER_EMAIL) && !text.contains(OTHER), "{text}");
        let steps = data["runs"][0]["steps"].as_array().unwrap();
        let read = steps.iter().find(|step| step["function"] == "ticketpark::list").unwrap();
        assert_eq!(read["answer"].as_array().unwrap().len(), 1);
        assert_eq!(read["others_left_out"], 3, "two records, and an argument that says nothing of the person");
        assert_eq!(data["effects"].as_array().unwrap().len(), 1);
        assert_eq!(data["effects"][0]["target"], EMAIL);
        assert!(data["others_left_out"].as_u64().unwrap() > 3);
    }
}
