//! What is handed over to a person.

use cuebook_store::{NewPrivacyRequest, PrivacyKind};

use super::scene::{EMAIL, NAME, OTHER, OTHER_EMAIL, PERSON, by, lived, rows, work};
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
}
