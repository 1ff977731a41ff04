//! Hook tokens and API keys.

use cuebook_core::Account;
use cuebook_core::keys::token_hash;
use cuebook_store::NewApiKey;

use crate::stage::{Stage, stories};

fn key(id: &str, text: &str) -> NewApiKey {
    NewApiKey {
        id: id.to_owned(),
        name: "for the console".to_owned(),
        hash: token_hash(text),
        scopes: vec!["read".to_owned(), "write".to_owned()],
        expires_at: None,
    }
}

stories! {
    async fn a_hook_token_is_found_by_its_hash_only(stage: &Stage) {
        let store = stage.open().await;
        let hash = token_hash("the token");
        let account = Account::default();
        store.add_hook_token("first", &account, hash).await.unwrap();
        store.add_hook_token("again", &account, hash).await.unwrap();
        let token = store.find_hook_token(&hash).await.unwrap().unwrap();
        assert_eq!((token.name.as_str(), token.retired), ("first", false));
        assert_eq!(token.last_used_at, None);
        assert_eq!(store.find_hook_token(&token_hash("another")).await.unwrap(), None);
        let used = stage.now();
        stage.pass(1);
        let token = store.find_hook_token(&hash).await.unwrap().unwrap();
        assert_eq!(token.last_used_at, Some(used));
        store.close().await;
        let store = stage.open().await;
        let token = store.find_hook_token(&hash).await.unwrap().unwrap();
        assert_eq!(token.last_used_at, Some(used), "its use was written down");
    }

    async fn of_tokens_that_are_made_at_the_same_time_each_is_known(stage: &Stage) {
        let store = stage.open().await;
        for round in 0..20 {
            let tokens = (0..8).map(|number| format!("token {round} {number}"));
            let hashes: Vec<_> = tokens.map(|token| token_hash(&token)).collect();
            let mut made = tokio::task::JoinSet::new();
            for hash in hashes.clone() {
                let store = store.clone();
                made.spawn(async move {
                    store.add_hook_token("one", &Account::default(), hash).await.unwrap();
                });
            }
            made.join_all().await;
            for hash in hashes {
                assert!(store.known_hook_token(&hash).is_some());
            }
        }
    }

    async fn an_api_key_is_found_by_its_id(stage: &Stage) {
        let store = stage.open().await;
        store.add_api_key(key("admin", "one")).await.unwrap();
        let row = store.find_api_key("admin").await.unwrap().unwrap();
        assert_eq!(row.hash, token_hash("one"));
        assert_eq!(row.scopes, ["read", "write"]);
        assert_eq!(row.created_at, stage.now());
        assert_eq!((row.expires_at, row.revoked_at), (None, None));
        assert_eq!(store.find_api_key("nobody").await.unwrap(), None);
        store.add_api_key(key("admin", "two")).await.unwrap();
        let row = store.find_api_key("admin").await.unwrap().unwrap();
        assert_eq!(row.hash, token_hash("two"), "a key given anew replaces the former");
        assert_eq!(row.last_used_at, None, "to be looked for is no use");
        store.touch_api_key(&row);
        // What is written next is written after it.
        store.add_api_key(key("other", "three")).await.unwrap();
        let row = store.find_api_key("admin").await.unwrap().unwrap();
        assert_eq!(row.last_used_at, Some(stage.now()));
    }

    async fn former_hook_tokens_are_retired_but_the_last_one_and_the_present_one_is_alive(stage: &Stage) {
        let store = stage.open().await;
        let account = Account::default();
        let configure = async |text: &str| {
            stage.pass(1);
            let hash = token_hash(text);
            store.add_hook_token("default", &account, hash).await.unwrap();
            store.retire_hook_tokens("default", hash, 2).await.unwrap();
        };
        let retired = async |text: &str| {
            let found = store.find_hook_token(&token_hash(text)).await.unwrap();
            found.unwrap().retired
        };
        let by_hand = token_hash("made by hand");
        store.add_hook_token("shop", &account, by_hand).await.unwrap();
        configure("one").await;
        configure("two").await;
        assert!(!retired("one").await, "two are alive, to change one for the other");
        configure("three").await;
        assert!(retired("one").await);
        assert!(!retired("two").await && !retired("three").await);
        assert!(!retired("made by hand").await, "tokens of other names are left alone");
        configure("one").await;
        assert!(!retired("one").await, "what is configured is good");
        let others = [retired("two").await, retired("three").await];
        assert_eq!(others.iter().filter(|retired| !**retired).count(), 1, "and one more");
    }

    async fn a_token_that_another_process_added_is_found_within_a_second(stage: &Stage) {
        if stage.folder.is_some() {
            return; // Only one process may have a SQLite file.
        }
        let (store, other) = (stage.open().await, stage.open().await);
        let hash = token_hash("the token");
        assert_eq!(store.find_hook_token(&hash).await.unwrap(), None);
        other.add_hook_token("late", &Account::default(), hash).await.unwrap();
        // It may have been told already; if not, the table is read again once a second has passed.
        stage.pass(1);
        assert!(store.find_hook_token(&hash).await.unwrap().is_some());
        assert!(store.known_hook_token(&hash).is_some());
    }
}
