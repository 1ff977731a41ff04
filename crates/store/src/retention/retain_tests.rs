//! What was planned is looked at once more before it is given up.

use std::sync::Arc;

use cuebook_core::chance::SystemChance;
use cuebook_core::clock::{ManualClock, from_micros};
use cuebook_core::endpoint::USUAL_ORIGINS;
use cuebook_core::event::{Event, Origin, Trust};
use cuebook_core::events::EventType;
use cuebook_core::secret::SecretText;
use cuebook_core::{Account, Chance, EndpointId, EventId, Pid};

use super::plan::Plan;
use super::retain::GiveUp;
use super::stage::Stage;
use crate::secrets::SecretKey;
use crate::settings::StoreSettings;
use crate::store::Store;
use crate::transitions::{AcceptEvent, NewEndpoint};

#[tokio::test]
async fn an_event_of_which_a_delivery_is_due_again_since_the_plan_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let chance = Arc::new(SystemChance::default());
    let now = from_micros(1_800_000_000_000_000);
    let settings = StoreSettings {
        database_url: format!("sqlite://{}", folder.path().join("c.db").display()),
        secret_key: SecretKey::generate(&*chance),
        clock: Arc::new(ManualClock::new(now)),
        chance: chance.clone(),
        lease: StoreSettings::LEASE,
    };
    let store = Store::open(settings).await.unwrap();
    let id = EndpointId(chance.uuid(now));
    let endpoint = NewEndpoint {
        id,
        url: "https://crm.example.test/".to_owned(),
        description: String::new(),
        types: Vec::new(),
        origins: USUAL_ORIGINS.to_vec(),
        enabled: true,
        rate: None,
    };
    let secret = SecretText::new("s3cret");
    store.add_endpoint(endpoint, &secret).await.unwrap();
    let event = Event {
        id: EventId(chance.uuid(now)),
        account: Account::default(),
        event_type: Some(EventType::from_wire("new-booking")),
        wire_type: Some("new-booking".to_owned()),
        subject: Some(Pid::from("1")),
        origin: Origin::Webhook,
        received_at: now,
        headers: Vec::new(),
        body: b"{}".to_vec(),
        capture: false,
        parent: None,
        depth: 0,
        trust: Trust::Token,
    };
    let of = event.id.0;
    let accepted = AcceptEvent {
        event,
        rejected: None,
        rules: Vec::new(),
    };
    store.accept_event(accepted).await.unwrap();
    let planned = || GiveUp {
        stage: Stage::Payloads,
        plan: Plan {
            due: vec![of],
            ..Plan::default()
        },
    };
    let writer = &store.inner.writer;
    assert!(writer.submit(planned()).await.unwrap().is_empty());
    store.remove_endpoint(id).await.unwrap();
    assert!(store.claim_sends(10).await.unwrap().is_empty());
    assert_eq!(writer.submit(planned()).await.unwrap(), [of]);
    store.close().await;
}
