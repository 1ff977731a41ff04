//! Statistics.

use chrono::TimeDelta;
use cuebook_store::{Counted, Interval, StatsRange};

use crate::script::{complete, running};
use crate::stage::{Stage, stories};

fn told(counted: &[Counted]) -> Vec<(Option<&str>, &str, u64)> {
    let told = counted.iter();
    told.map(|row| (row.name.as_deref(), row.state.as_str(), row.number))
        .collect()
}

stories! {
    async fn what_came_and_was_made_is_counted_by_name_and_state(stage: &Stage) {
        let store = stage.open().await;
        let since = stage.now();
        let claimed = running(stage, &store, "42").await;
        stage.pass(2);
        complete(&store, &claimed).await;
        store.accept_event(stage.booking("43", &["any/log"])).await.unwrap();
        stage.pass(7_200);
        store.accept_event(stage.booking("44", &[])).await.unwrap();
        let until = stage.now() + TimeDelta::seconds(1);
        let all = StatsRange { since, until, interval: Interval::All };

        let stats = store.stats(all).await.unwrap();
        assert_eq!(told(&stats.events), [(Some("new-booking"), "no_rule", 1), (Some("new-booking"), "queued", 2)]);
        let rule = claimed.run.rule.as_str();
        assert_eq!(told(&stats.runs), [(Some("any/log"), "ready", 1), (Some(rule), "completed", 1)]);
        assert_eq!(stats.runs[0].took, None);
        assert_eq!(stats.runs[1].took.unwrap().p99, 2_000);
        assert!(stats.runs.iter().all(|row| row.at.is_none()));

        let hours = store.stats(StatsRange { interval: Interval::Hour, ..all }).await.unwrap();
        let at: Vec<_> = hours.events.iter().map(|row| row.at.unwrap()).collect();
        assert_eq!(at[1] - at[0], TimeDelta::hours(2));
        assert!(at.iter().all(|at| at.timestamp() % 3_600 == 0));

        let early = store.stats(StatsRange { until: since, ..all }).await.unwrap();
        assert_eq!(early, cuebook_store::Stats::default());
        let late = store.stats(StatsRange { since: until - TimeDelta::minutes(30), ..all }).await.unwrap();
        assert_eq!((told(&late.events).len(), late.runs.len()), (1, 0));
    }
}
