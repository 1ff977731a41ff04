//! Secrets.

use cuebook_core::secret::SecretText;
use cuebook_store::{SecretKey, Store, StoreError};
use sea_orm::{ConnectionTrait, Statement};

use crate::stage::{Stage, stories};

stories! {
    async fn a_secret_comes_back_and_is_nowhere_in_the_clear(stage: &Stage) {
        let store = stage.open().await;
        let text = SecretText::new("very-secret-text");
        store.put_secret("ticketpark", "refresh", &SecretText::new("former")).await.unwrap();
        store.put_secret("ticketpark", "refresh", &text).await.unwrap();
        let store = stage.open_after_death(store).await;
        let found = store.get_secret("ticketpark", "refresh").await.unwrap().unwrap();
        assert_eq!(found.reveal(), "very-secret-text");
        let names = store.list_secrets("ticketpark").await.unwrap();
        assert_eq!((names[0].name.as_str(), names[0].updated_at), ("refresh", stage.now()));
        assert!(store.get_secret("script", "refresh").await.unwrap().is_none());
        let db = stage.connect().await;
        let row = db
            .query_one_raw(Statement::from_string(db.get_database_backend(), "SELECT sealed FROM secrets"))
            .await
            .unwrap()
            .unwrap();
        let sealed: Vec<u8> = row.try_get_by_index(0).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        db.close().await.unwrap();
    }

    async fn scripts_see_their_secrets_and_each_change_at_once(stage: &Stage) {
        let store = stage.open().await;
        let secrets = store.script_secrets();
        assert!(secrets.lookup("CRM").is_none());
        store.put_secret("script", "CRM", &SecretText::new("one")).await.unwrap();
        assert_eq!(secrets.lookup("CRM").unwrap().reveal(), "one");
        let store = stage.open_after_death(store).await;
        let secrets = store.script_secrets();
        assert_eq!(secrets.lookup("CRM").unwrap().reveal(), "one");
        store.delete_secret("script", "CRM").await.unwrap();
        assert!(secrets.lookup("CRM").is_none());
        assert!(store.get_secret("script", "CRM").await.unwrap().is_none());
    }

    async fn another_secret_key_is_refused(stage: &Stage) {
        let store = stage.open().await;
        store.put_secret("script", "CRM", &SecretText::new("one")).await.unwrap();
        store.close().await;
        let mut settings = stage.settings();
        settings.secret_key = SecretKey::new([7; 32]);
        let error = Store::open(settings).await.err().unwrap();
        let StoreError::OtherSecretKey { stored, given } = error else { panic!("{error:?}") };
        assert_eq!(stored, stage.key.id());
        assert_eq!(given, SecretKey::new([7; 32]).id());
        stage.open().await;
    }
}
