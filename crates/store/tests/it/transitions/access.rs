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
        assert_eq!(row.last_used_at, Some(stage.now()));
    }
}
