//! The other systems: a path says how it is answered, and chance how soon.

use std::collections::HashMap;
use std::sync::Mutex;

use cuebook_testkit::{Answer, Recorded};

use super::random::Random;
use crate::aftermath::{BROKEN, Outside};

/// Other systems whose answers come in an order that `timing` decides.
pub(super) async fn start(timing: u64) -> Outside {
    let random = Mutex::new(Random::new(timing));
    let asked: Mutex<HashMap<String, u32>> = Mutex::default();
    Outside::start(move |request| {
        let mut asked = asked.lock().unwrap();
        let key = format!("{} {}", request.method, request.path);
        let times = asked.entry(key).or_default();
        let answer = answer(request, *times);
        *times += 1;
        answer.after(random.lock().unwrap().delay())
    })
    .await
}

/// The answer to a request that has come `before` times before.
fn answer(request: &Recorded, before: u32) -> Answer {
    // `/<rule>/<subject>/<how>/<tag>`
    let how = request.path.split('/').nth(3).unwrap_or_default();
    let times = |word: &str| how.strip_prefix(word)?.parse::<u32>().ok();
    let number: usize = request.path.bytes().map(usize::from).sum();
    let fine = |ready: bool| {
        let body = format!(r#"{{"number":{number},"ready":{ready}}}"#);
        Answer::new(200, body)
    };
    if times("late").is_some_and(|times| before < times) {
        Answer::new(503, "later")
    } else if times("busy").is_some_and(|times| before < times) {
        Answer::new(429, "busy").with_header("retry-after", "2")
    } else if how == "gone" {
        Answer::new(404, format!(r#"{{"number":{number}}}"#))
    } else if how == BROKEN {
        Answer::new(500, "broken")
    } else {
        fine(times("ready").is_none_or(|times| before >= times))
    }
}
