//! Who changed what.

use std::net::IpAddr;
use std::sync::Arc;

use cuebook_core::keys::token_hash;
use cuebook_core::secret::SecretText;
use cuebook_store::{Actor, AuditFilter, AuditRow, NewApiKey, Page, Stopped, Store};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::stage::{Stage, stories};

fn actor(operation: &str) -> Arc<Actor> {
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    Arc::new(Actor::new("key1", Some(address), operation, None))
}

async fn log(store: &Store, filter: AuditFilter) -> Vec<AuditRow> {
    store
        .list_audit(&filter, &Page::default())
        .await
        .unwrap()
        .items
}

stories! {
    async fn a_change_for_somebody_stands_in_the_log_with_before_and_after(stage: &Stage) {
        let store = stage.open().await;
        let by = actor("put_secret");
        by.because("the CRM changed it");
        let text = SecretText::new("the canary");
        store.acting(&by).put_secret("script", "CRM", &text).await.unwrap();
        assert!(by.is_recorded());
        let first = stage.now();
        stage.pass(1);
        store.acting(&actor("delete_secret")).delete_secret("script", "CRM").await.unwrap();
        let rows = log(&store, AuditFilter::default()).await;
        let [deleted, put] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!((put.key_id.as_str(), put.address.as_deref()), ("key1", Some("192.0.2.7")));
        assert_eq!(put.operation, "put_secret");
        assert_eq!(put.target_id.as_deref(), Some("script/CRM"));
        assert_eq!(put.reason.as_deref(), Some("the CRM changed it"));
        assert_eq!((&put.before, put.at), (&None, first));
        assert_eq!(put.after, Some(json!({"updated_at": first})));
        assert_eq!((&deleted.before, &deleted.after), (&put.after, &None));
        assert!(!format!("{rows:?}").contains("canary"));
    }

    async fn what_changes_nothing_and_what_nobody_asked_for_leaves_no_row(stage: &Stage) {
        let store = stage.open().await;
        store.stop(None, Stopped::Everything).await.unwrap();
        let by = actor("pause_system");
        store.acting(&by).stop(None, Stopped::Everything).await.unwrap();
        assert!(by.is_recorded(), "there is nothing left to be written");
        store.acting(&by).delete_secret("script", "NONE").await.unwrap();
        assert_eq!(log(&store, AuditFilter::default()).await, []);
    }

    async fn an_operation_whose_changes_do_not_tell_is_written_afterwards_once(stage: &Stage) {
        let store = stage.open().await;
        let by = actor("replay_all");
        store.write_audit(&by, Some(("replays", "7"))).await.unwrap();
        store.write_audit(&by, Some(("replays", "7"))).await.unwrap();
        let rows = log(&store, AuditFilter::default()).await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].target_kind.as_deref(), Some("replays"));
    }

    async fn the_log_is_filtered_and_paged(stage: &Stage) {
        let store = stage.open().await;
        for number in 0..5 {
            let id = format!("key{number}");
            let key = NewApiKey {
                hash: token_hash(&id),
                id,
                name: "n".to_owned(),
                scopes: vec!["admin".to_owned()],
                expires_at: None,
            };
            store.acting(&actor("create_key")).add_api_key(key).await.unwrap();
            stage.pass(1);
        }
        let by = Arc::new(Actor::local("keys revoke"));
        store.acting(&by).revoke_api_key("key3").await.unwrap();
        let count = async |filter: AuditFilter| log(&store, filter).await.len();
        let of = AuditFilter::default;
        assert_eq!(count(of()).await, 6);
        assert_eq!(count(AuditFilter { key: Some(Actor::LOCAL.to_owned()), ..of() }).await, 1);
        assert_eq!(count(AuditFilter { target: Some("key3".to_owned()), ..of() }).await, 2);
        assert_eq!(count(AuditFilter { operation: vec!["create_key".to_owned()], ..of() }).await, 5);
        assert_eq!(count(AuditFilter { target_kind: Some("run".to_owned()), ..of() }).await, 0);
        assert_eq!(count(AuditFilter { since: Some(stage.now()), ..of() }).await, 1);
        assert_eq!(count(AuditFilter { until: Some(stage.now()), ..of() }).await, 5);
        assert_eq!(count(AuditFilter { q: Some("revoke".to_owned()), ..of() }).await, 1);
        let page = Page { limit: 4, cursor: None };
        let first = store.list_audit(&of(), &page).await.unwrap();
        let second = Page { cursor: first.next, ..page };
        let second = store.list_audit(&of(), &second).await.unwrap();
        assert_eq!((first.items.len(), second.items.len(), second.next), (4, 2, None));
        assert!(first.items[3].id > second.items[0].id);
    }

    async fn the_database_itself_refuses_to_change_the_log(stage: &Stage) {
        let store = stage.open().await;
        store.write_audit(&actor("x"), None).await.unwrap();
        let db = stage.connect().await;
        for statement in ["UPDATE audit_log SET key_id = 'other'", "DELETE FROM audit_log"] {
            let refused = db.execute_unprepared(statement).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{refused}");
        }
        db.close().await.unwrap();
        assert_eq!(log(&store, AuditFilter::default()).await.len(), 1);
    }
}
