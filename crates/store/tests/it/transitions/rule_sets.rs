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

    async fn a_former_set_is_active_again_and_one_that_is_not_there_is_not(stage: &Stage) {
        let store = stage.open().await;
        store.save_rule_set(set("one", "v1", "old")).await.unwrap();
        stage.pass(1);
        store.save_rule_set(set("two", "v2", "new")).await.unwrap();
        let rule = "new-booking/thanks".parse().unwrap();
        let version = async || store.active_rule_version(&rule).await.unwrap().map(|version| version.0);
        assert_eq!(version().await.as_deref(), Some("v2"));
        assert!(!store.activate_rule_set("three").await.unwrap());
        assert!(store.activate_rule_set("one").await.unwrap());
        assert_eq!(version().await.as_deref(), Some("v1"));
        assert_eq!(store.active_rule_set_hash().await.unwrap().as_deref(), Some("one"));
        let gone = "new-booking/gone".parse().unwrap();
        assert_eq!(store.active_rule_version(&gone).await.unwrap(), None);
    }

    async fn sets_and_versions_are_listed_newest_first_a_page_at_a_time(stage: &Stage) {
        let store = stage.open().await;
        for (hash, version, source) in [("one", "v1", "a"), ("two", "v2", "b"), ("three", "v3", "c")] {
            store.save_rule_set(set(hash, version, source)).await.unwrap();
            stage.pass(1);
        }
        let first = store.list_rule_sets(2, None).await.unwrap();
        let hashes: Vec<_> = first.iter().map(|row| row.hash.as_str()).collect();
        assert_eq!(hashes, ["three", "two"]);
        assert!(first[0].active && !first[1].active);
        assert_eq!(first[0].rules, 2);
        let rest = store.list_rule_sets(2, Some("two")).await.unwrap();
        assert_eq!(rest.iter().map(|row| row.hash.as_str()).collect::<Vec<_>>(), ["one"]);
        let rule = "new-booking/thanks".parse().unwrap();
        let versions = store.list_rule_versions(&rule, 2).await.unwrap();
        let versions: Vec<_> = versions.iter().map(|row| row.version.0.as_str()).collect();
        assert_eq!(versions, ["v3", "v2"]);
    }
}
