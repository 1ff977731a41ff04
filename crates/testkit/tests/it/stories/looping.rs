//! A rule that never ends.

use cuebook_core::run::RunState;
use cuebook_testkit::Cuebook;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_loops_forever_is_stopped_and_harms_no_other() {
    let cuebook = Cuebook::builder()
        .rule("new-booking/loop.rhai", "//! Never ends.\nlet n = 0;\nloop { n += 1; }\n")
        .rule(
            "new-payment/thanks.rhai",
            "//! Thanks.\nemail::send(#{ to: \"tom@example.com\", subject: \"Hi\", text: \"Hi\" });\n",
        )
        .start()
        .await;
    let mut looping = Vec::new();
    for number in 0..4 {
        let payload = json!({ "booking_pid": format!("l{number}") });
        looping.push(cuebook.hook("new-booking", payload).await);
    }
    let payment = cuebook
        .hook(
            "new-payment",
            json!({ "booking_pid": "1", "payment_pid": "p", "payment_method": "m", "currency": "CHF", "amount": "50.00" }),
        )
        .await;
    let good = cuebook.ended_run(payment).await;
    assert_eq!(good.run.state, RunState::Completed, "{:?}", good.run.reason);
    assert_eq!(good.effects.len(), 1);
    for event in looping {
        let run = cuebook.ended_run(event).await.run;
        assert_eq!(run.state, RunState::Failed);
        assert_eq!(run.code.as_deref(), Some("limit"));
    }
}
