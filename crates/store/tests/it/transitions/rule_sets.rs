//! Rule sets.

use std::collections::BTreeMap;

use cuebook_core::rule::VersionHash;
use cuebook_core::rule_set::StoredRuleSet;
use cuebook_store::StoreError;

use crate::stage::{Stage, stories};

fn set(hash: &str, version: &str, source: &str) -> StoredRuleSet {
    let files = [
        ("new-booking/thanks.rhai", source),
        ("lib/money.rhai", "fn chf(x) { x }"),
        ("any/log.rhai", "log::info(`seen`);"),
    ];
    StoredRuleSet {
        hash: hash.to_owned(),
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect(),
        rules: vec![
            (
                "any/log".parse().unwrap(),
                VersionHash("log-1".to_owned()),
                vec!["any/log.rhai".to_owned()],
            ),
            (
                "new-booking/thanks".parse().unwrap(),
                VersionHash(version.to_owned()),
                vec![
                    "lib/money.rhai".to_owned(),
                    "new-booking/thanks.rhai".to_owned(),
                ],
            ),
        ],
    }
}

stories! {
    async fn the_last_saved_set_is_the_active_one_also_after_reopening(stage: &Stage) {
        let store = stage.open().await;
        assert_eq!(store.active_rule_set().await.unwrap(), None);
        store.save_rule_set(set("one", "v1", "old")).await.unwrap();
        store.save_rule_set(set("two", "v2", "new")).await.unwrap();
        store.save_rule_set(set("two", "v2", "new")).await.unwrap();
        let store = stage.open_after_death(store).await;
        assert_eq!(store.active_rule_set().await.unwrap(), Some(set("two", "v2", "new")));
        store.save_rule_set(set("one", "v1", "old")).await.unwrap();
        assert_eq!(store.active_rule_set().await.unwrap(), Some(set("one", "v1", "old")));
    }

    async fn a_former_version_keeps_its_files(stage: &Stage) {
        let store = stage.open().await;
        store.save_rule_set(set("one", "v1", "old")).await.unwrap();
        store.save_rule_set(set("two", "v2", "new")).await.unwrap();
        let version = store.rule_files(&VersionHash("v1".to_owned())).await.unwrap().unwrap();
        assert_eq!(version.rule.as_str(), "new-booking/thanks");
        let expected = BTreeMap::from([
            ("lib/money.rhai".to_owned(), b"fn chf(x) { x }".to_vec()),
            ("new-booking/thanks.rhai".to_owned(), b"old".to_vec()),
        ]);
        assert_eq!(version.files, expected);
        assert_eq!(store.rule_files(&VersionHash("v9".to_owned())).await.unwrap(), None);
    }

    async fn a_rule_made_of_a_missing_file_is_refused(stage: &Stage) {
        let store = stage.open().await;
        let mut broken = set("one", "v1", "old");
        broken.files.remove("lib/money.rhai");
        let error = store.save_rule_set(broken).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid(message) if message.contains("lib/money.rhai")));
        assert_eq!(store.active_rule_set().await.unwrap(), None);
    }
}
