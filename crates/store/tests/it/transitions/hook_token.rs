//! Hook tokens, as a person decides about them.

use cuebook_core::Account;
use cuebook_core::keys::token_hash;
use cuebook_store::{HookTokenRow, Store, TokenOperated};

use crate::stage::{Stage, stories};

async fn add(store: &Store, name: &str) -> HookTokenRow {
    let account = Account::default();
    store
        .add_hook_token(name, &account, token_hash(name))
        .await
        .unwrap();
    let tokens = store.list_hook_tokens().await.unwrap();
    tokens.into_iter().find(|token| token.name == name).unwrap()
}

fn is_retired(store: &Store, name: &str) -> bool {
    store.known_hook_token(&token_hash(name)).unwrap().retired
}

stories! {
    async fn a_token_in_use_is_retired_only_by_who_insists(stage: &Stage) {
        let store = stage.open().await;
        let token = add(&store, "shop").await;
        let used = stage.now();
        assert!(!is_retired(&store, "shop"), "to be looked for is a use");
        // What is written next is written after it.
        add(&store, "other").await;
        stage.pass(7 * 24 * 3600 - 1);
        let refused = store.retire_hook_token(&token.id, false).await.unwrap();
        assert_eq!(refused, TokenOperated::InUse(used));
        let forced = store.retire_hook_token(&token.id, true).await.unwrap();
        assert_eq!(forced, TokenOperated::Done);
        assert!(is_retired(&store, "shop"));
    }

    async fn a_token_that_was_not_used_for_seven_days_is_retired_and_can_be_restored(stage: &Stage) {
        let store = stage.open().await;
        let used = add(&store, "used").await;
        is_retired(&store, "used");
        let unused = add(&store, "unused").await;
        stage.pass(7 * 24 * 3600);
        for token in [&used, &unused] {
            let retired = store.retire_hook_token(&token.id, false).await.unwrap();
            assert_eq!(retired, TokenOperated::Done, "{}", token.name);
        }
        assert!(is_retired(&store, "used") && is_retired(&store, "unused"));
        let restored = store.restore_hook_token(&used.id).await.unwrap();
        assert_eq!(restored, TokenOperated::Done);
        assert!(!is_retired(&store, "used"));
        let nobody = store.retire_hook_token("0123456789abcdef", false).await.unwrap();
        assert_eq!(nobody, TokenOperated::NoSuch);
    }

    async fn a_token_that_a_person_retired_does_not_come_back_with_the_next_start(stage: &Stage) {
        let store = stage.open().await;
        let token = add(&store, "default").await;
        store.retire_hook_token(&token.id, true).await.unwrap();
        let hash = token_hash("default");
        store.add_hook_token("default", &Account::default(), hash).await.unwrap();
        store.retire_hook_tokens("default", hash, 2).await.unwrap();
        assert!(is_retired(&store, "default"));
    }
}
