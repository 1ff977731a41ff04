//! What endpoints answered is found where it stands: with the deliveries of events, and of tests behind which there is none.

use cuebook_core::effect::{Effect, EffectState};
use cuebook_core::endpoint::USUAL_ORIGINS;
use cuebook_core::secret::SecretText;
use cuebook_core::{EffectId, EndpointId};
use cuebook_store::{
    EffectFilter, NewEndpoint, NewPrivacyRequest, Page, PrivacyKind, SettledAs, Store, is_erased,
};

use super::scene::{EMAIL, OTHER, ask, by, erasure, everything, holds, work};
use crate::stage::{Stage, stories};

/// Three deliveries: of an event whose answer names the person, of a test whose answer does, and of a test whose does not.
async fn delivered(stage: &Stage, store: &Store) -> cuebook_core::EventId {
    let id = EndpointId(stage.id());
    let new = NewEndpoint {
        id,
        url: "https://crm.example.test/hooks".to_owned(),
        description: String::new(),
        types: Vec::new(),
        origins: USUAL_ORIGINS.to_vec(),
        enabled: true,
        rate: None,
    };
    store
        .add_endpoint(new, &SecretText::new("s"))
        .await
        .unwrap();
    let event = store
        .accept_event(stage.booking(OTHER, &[]))
        .await
        .unwrap()
        .id;
    answer(stage, store, &format!("{{\"merged_with\":\"{EMAIL}\"}}")).await;
    for said in [format!("hello {EMAIL}"), "hello nobody".to_owned()] {
        let shown = store.show_endpoint(id).await.unwrap().unwrap();
        let test = EffectId(stage.id());
        store
            .test_endpoint(shown, test, b"{}".to_vec())
            .await
            .unwrap();
        answer(stage, store, &said).await;
    }
    event
}

async fn answer(stage: &Stage, store: &Store, said: &str) {
    let send = store.claim_sends(10).await.unwrap().remove(0);
    let mut settled = stage.settlement(&send, SettledAs::Done);
    settled.attempt.answer = Some(said.to_owned());
    settled.attempt.error = Some(format!("it said: {said}"));
    store.settle_send(settled).await.unwrap();
}

async fn effects(store: &Store) -> Vec<Effect> {
    let listed = store
        .list_effects(&EffectFilter::default(), &Page::default())
        .await;
    listed.unwrap().items
}

stories! {
    async fn what_an_endpoint_answered_is_erased_also_where_only_that_names_the_person(stage: &Stage) {
        let store = stage.open().await;
        let event = delivered(stage, &store).await;
        assert!(holds(&everything(stage).await, EMAIL));
        let id = ask(&store, by(None, Some(EMAIL), None), false).await;
        work(&store).await;
        let found = erasure(&store, id).await.found;
        assert_eq!((found["events"], found["runs"], found["effects"]), (0, 0, 2));
        assert!(!holds(&everything(stage).await, EMAIL));
        let mut targets: Vec<_> = effects(&store).await.into_iter().map(|one| one.target).collect();
        targets.sort();
        assert_eq!(targets, ["erased", "erased", "https://crm.example.test/hooks"]);
        assert!(effects(&store).await.iter().all(|one| one.state == EffectState::Done));
        assert!(!is_erased(&store.event(event).await.unwrap().unwrap()), "it is another customer's");
        assert_eq!(store.close_books().await.unwrap().findings, []);
    }

    async fn what_an_endpoint_answered_is_handed_over(stage: &Stage) {
        let store = stage.open().await;
        delivered(stage, &store).await;
        let request = NewPrivacyRequest {
            kind: PrivacyKind::Export,
            dry_run: false,
            person: by(None, Some(EMAIL), None),
            requested_by: None,
        };
        let id = store.ask_privacy(&request).await.unwrap().0;
        work(&store).await;
        let data = store.exported(id).await.unwrap().unwrap();
        let answers: Vec<_> = data["effects"].as_array().unwrap().iter().map(|one| &one["attempts"][0]["answer"]).collect();
        assert_eq!(answers.len(), 2);
        assert!(answers.iter().all(|one| one.to_string().contains(EMAIL)));
    }
}
