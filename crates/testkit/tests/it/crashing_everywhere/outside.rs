//! The other systems of one chain of processes: they survive each of them, and keep what reaches them.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_testkit::{Answer, HttpPeer, Recorded, SmtpPeer};
use tokio::runtime::Runtime;

use super::end::{EffectEnd, End};

/// The other systems.
pub(super) struct Outside {
    pub(super) http: HttpPeer,
    pub(super) mail: SmtpPeer,
}

impl Outside {
    pub(super) fn start(runtime: &Runtime) -> Self {
        // The same answer to the same question, so that a call that is made again is answered alike.
        let answer = |request: &Recorded| {
            Answer::new(200, format!(r#"{{"number":{}}}"#, request.path.len()))
        };
        runtime.block_on(async {
            Self {
                http: HttpPeer::start(answer).await.unwrap(),
                mail: SmtpPeer::start().await.unwrap(),
            }
        })
    }

    /// What was asked for, each once: what must have reached the other systems in any case.
    pub(super) fn asked(&self) -> BTreeSet<String> {
        let requests = self
            .writes()
            .into_iter()
            .map(|request| format!("{} {} {}", request.method, request.path, request.text()));
        let mails = self.mail.mails();
        let mails = mails
            .iter()
            .map(|mail| format!("{:?} {:?} {:?}", mail.from, mail.to, mail.header("subject")));
        requests.chain(mails).collect()
    }

    /// What is wrong between what has arrived and what the ledger says.
    pub(super) fn against(&self, end: &End) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut arrived: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for request in self.writes() {
            let content = format!("{} {} {}", request.method, request.path, request.text());
            let key = request.header("idempotency-key").to_owned();
            arrived.entry(key).or_default().push(content);
        }
        for mail in self.mail.mails() {
            arrived
                .entry(mail.key())
                .or_default()
                .push(mail.message.clone());
        }
        for effect in end
            .effects()
            .filter(|effect| effect.kind.contains("::") && !effect.kind.starts_with("state::"))
        {
            let times = arrived.remove(&effect.key).unwrap_or_default();
            wrong.extend(compare(effect, &times));
        }
        for (key, contents) in arrived {
            wrong.push(format!("not in the ledger: {key:?} {contents:?}"));
        }
        wrong
    }

    fn writes(&self) -> Vec<Recorded> {
        let mut requests = self.http.requests();
        requests.retain(|request| request.method != "GET");
        requests
    }
}

fn compare(effect: &EffectEnd, arrived: &[String]) -> Option<String> {
    let EffectEnd {
        kind,
        target,
        state,
        doubts,
        ..
    } = effect;
    let what = format!("{kind} {target} is {state} with {doubts} doubts");
    if arrived.len() > doubts + 1 {
        return Some(format!("{what} and arrived {} times", arrived.len()));
    }
    if arrived.is_empty() && state != "unknown" {
        return Some(format!("{what} and never arrived"));
    }
    if arrived.iter().any(|content| *content != arrived[0]) {
        return Some(format!(
            "{what} and arrived in different words: {arrived:?}"
        ));
    }
    None
}
