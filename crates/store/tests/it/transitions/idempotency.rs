//! Requests that come again.

use cuebook_store::{KeptAnswer, RepeatableRequest, RequestBegun};
use sea_orm::{ConnectionTrait, Statement};

use crate::stage::{Stage, stories};

fn request(caller: &str, key: &str, body: &str) -> RepeatableRequest {
    RepeatableRequest {
        caller: caller.to_owned(),
        key: key.to_owned(),
        content: vec![b"POST".to_vec(), body.as_bytes().to_vec()],
    }
}

fn answer() -> KeptAnswer {
    KeptAnswer {
        status: 201,
        headers: vec![("location".to_owned(), "/api/v1/keys/1".to_owned())],
        body: r#"{"key":"the canary"}"#.to_owned(),
    }
}

stories! {
    async fn the_first_is_carried_out_and_those_after_it_get_its_answer(stage: &Stage) {
        let store = stage.open().await;
        let first = request("k", "once", "{}");
        let begin = async |request: &RepeatableRequest| store.begin_request(request).await.unwrap();
        assert_eq!(begin(&first).await, RequestBegun::First);
        assert_eq!(begin(&first).await, RequestBegun::UnderWay);
        store.answer_request(&first, &answer()).await.unwrap();
        assert_eq!(begin(&first).await, RequestBegun::Answered(answer()));
        assert_eq!(begin(&request("k", "once", "{ }")).await, RequestBegun::Other);
        assert_eq!(begin(&request("other", "once", "{ }")).await, RequestBegun::First, "keys are their callers' own");
        assert_eq!(begin(&request("k", "twice", "{}")).await, RequestBegun::First);
    }

    async fn an_answer_is_kept_for_a_day_also_through_a_restart(stage: &Stage) {
        let store = stage.open().await;
        let first = request("k", "once", "{}");
        store.begin_request(&first).await.unwrap();
        store.answer_request(&first, &answer()).await.unwrap();
        store.close().await;
        let store = stage.open().await;
        stage.pass(24 * 3600 - 1);
        let begun = store.begin_request(&first).await.unwrap();
        assert_eq!(begun, RequestBegun::Answered(answer()));
        stage.pass(1);
        assert_eq!(store.begin_request(&first).await.unwrap(), RequestBegun::First);
    }

    async fn what_was_cut_off_is_known_to_be_unknown(stage: &Stage) {
        let store = stage.open().await;
        let first = request("k", "once", "{}");
        store.begin_request(&first).await.unwrap();
        let store = stage.open_after_death(store).await;
        stage.pass(60);
        assert_eq!(store.begin_request(&first).await.unwrap(), RequestBegun::CutOff);
    }

    async fn a_request_that_was_not_carried_out_may_come_again_even_with_another_content(stage: &Stage) {
        let store = stage.open().await;
        let first = request("k", "once", "{}");
        store.begin_request(&first).await.unwrap();
        store.forget_request(&first).await.unwrap();
        let begun = store.begin_request(&request("k", "once", "{ }")).await.unwrap();
        assert_eq!(begun, RequestBegun::First);
    }

    async fn an_answer_does_not_stand_there_in_the_open_and_is_deleted_in_time(stage: &Stage) {
        let store = stage.open().await;
        let first = request("k", "once", "{}");
        store.begin_request(&first).await.unwrap();
        store.answer_request(&first, &answer()).await.unwrap();
        let db = stage.connect().await;
        let sealed = async |sql: &str| {
            let statement = Statement::from_string(db.get_database_backend(), sql);
            let rows = db.query_all_raw(statement).await.unwrap();
            rows.iter().map(|row| row.try_get::<Option<Vec<u8>>>("", "sealed").unwrap()).collect::<Vec<_>>()
        };
        let rows = sealed("SELECT sealed FROM idempotency_keys").await;
        let bytes = rows[0].clone().unwrap();
        assert!(!bytes.windows(6).any(|part| part == b"canary"));
        stage.pass(24 * 3600);
        store.begin_request(&request("k", "other", "{}")).await.unwrap();
        assert_eq!(sealed("SELECT sealed FROM idempotency_keys").await, [None]);
        db.close().await.unwrap();
    }
}
