//! Keys of the API: rotated and revoked.

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::keys::token_hash;
use cuebook_store::{KeyOperated, NewApiKey, Store};

use crate::stage::{Stage, stories};

async fn add(store: &Store, id: &str, scopes: &[&str], expires_at: Option<Timestamp>) {
    let key = NewApiKey {
        id: id.to_owned(),
        name: format!("the key {id}"),
        hash: token_hash(id),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires_at,
    };
    store.add_api_key(key).await.unwrap();
}

stories! {
    async fn a_rotated_key_and_its_successor_are_good_together_for_a_while(stage: &Stage) {
        let store = stage.open().await;
        add(&store, "former", &["read", "personal"], None).await;
        let until = stage.now() + TimeDelta::hours(24);
        stage.pass(1);
        let new = ("new".to_owned(), token_hash("new"));
        let rotated = store.rotate_api_key("former", until, new, None).await.unwrap();
        assert_eq!(rotated, KeyOperated::Done);
        let new = store.find_api_key("new").await.unwrap().unwrap();
        assert_eq!((new.name.as_str(), new.scopes), ("the key former", vec!["read".to_owned(), "personal".to_owned()]));
        assert_eq!((new.hash, new.expires_at), (token_hash("new"), None));
        let former = store.find_api_key("former").await.unwrap().unwrap();
        assert_eq!(former.expires_at, Some(until));
        let newest = &store.list_api_keys().await.unwrap()[0];
        assert_eq!(newest.id, "new");
    }

    async fn a_rotation_never_makes_the_former_key_live_longer_nor_wakes_an_ended_one(stage: &Stage) {
        let store = stage.open().await;
        let soon = stage.now() + TimeDelta::hours(1);
        add(&store, "short", &["read"], Some(soon)).await;
        let until = stage.now() + TimeDelta::days(1);
        let rotate = async |former: &str, id: &str| {
            let new = (id.to_owned(), token_hash(id));
            store.rotate_api_key(former, until, new, None).await.unwrap()
        };
        assert_eq!(rotate("short", "next").await, KeyOperated::Done);
        assert_eq!(store.find_api_key("short").await.unwrap().unwrap().expires_at, Some(soon));
        stage.pass(3600);
        assert_eq!(rotate("short", "other").await, KeyOperated::Ended);
        assert_eq!(rotate("nobody", "other").await, KeyOperated::NoSuch);
        assert_eq!(store.find_api_key("other").await.unwrap(), None);
    }

    async fn the_last_key_that_can_decide_about_keys_is_not_rotated_into_one_that_ends(stage: &Stage) {
        let store = stage.open().await;
        add(&store, "one", &["admin"], None).await;
        let (until, end) = (stage.now() + TimeDelta::hours(1), Some(stage.now() + TimeDelta::days(1)));
        let rotate = async |id: &str| {
            let new = (id.to_owned(), token_hash(id));
            store.rotate_api_key("one", until, new, end).await.unwrap()
        };
        assert_eq!(rotate("next").await, KeyOperated::LastAdmin);
        assert_eq!(store.find_api_key("next").await.unwrap(), None);
        add(&store, "two", &["admin"], None).await;
        assert_eq!(rotate("next").await, KeyOperated::Done);
    }

    async fn the_last_key_that_can_decide_about_keys_is_not_revoked(stage: &Stage) {
        let store = stage.open().await;
        add(&store, "one", &["admin"], None).await;
        add(&store, "reader", &["read"], None).await;
        add(&store, "ending", &["admin"], Some(stage.now() + TimeDelta::days(1))).await;
        let revoke = async |id: &str| store.revoke_api_key(id).await.unwrap();
        assert_eq!(revoke("one").await, KeyOperated::LastAdmin);
        assert_eq!(revoke("reader").await, KeyOperated::Done);
        assert_eq!(revoke("reader").await, KeyOperated::Done, "what is revoked stays revoked");
        assert_eq!(revoke("ending").await, KeyOperated::Done);
        assert_eq!(revoke("nobody").await, KeyOperated::NoSuch);
        add(&store, "two", &["admin"], None).await;
        assert_eq!(revoke("one").await, KeyOperated::Done);
        let one = store.find_api_key("one").await.unwrap().unwrap();
        assert_eq!(one.revoked_at, Some(stage.now()));
    }

    async fn a_revoked_key_is_good_again_only_with_another_text(stage: &Stage) {
        let store = stage.open().await;
        add(&store, "other", &["admin"], None).await;
        add(&store, "admin", &["admin"], None).await;
        store.revoke_api_key("admin").await.unwrap();
        add(&store, "admin", &["admin"], None).await;
        let key = store.find_api_key("admin").await.unwrap().unwrap();
        assert!(key.revoked_at.is_some(), "the same text, as after a restart");
        let changed = NewApiKey { hash: token_hash("changed"), ..new_admin() };
        store.add_api_key(changed).await.unwrap();
        let key = store.find_api_key("admin").await.unwrap().unwrap();
        assert_eq!(key.revoked_at, None);
    }
}

fn new_admin() -> NewApiKey {
    NewApiKey {
        id: "admin".to_owned(),
        name: "admin".to_owned(),
        hash: [0; 32],
        scopes: vec!["admin".to_owned()],
        expires_at: None,
    }
}
