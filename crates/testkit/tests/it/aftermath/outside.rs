//! The other systems of one chain of processes: they survive each of them, and keep what reaches them.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_testkit::{Answer, HttpPeer, Recorded, SmtpPeer};

use super::{EffectEnd, End, ONCE};

/// The other systems.
pub(crate) struct Outside {
    pub(crate) http: HttpPeer,
    pub(crate) mail: SmtpPeer,
}

impl Outside {
    /// Systems of which the one that speaks HTTP answers by `answer`.
    pub(crate) async fn start(
        answer: impl Fn(&Recorded) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self {
            http: HttpPeer::start(answer).await.unwrap(),
            mail: SmtpPeer::start().await.unwrap(),
        }
    }

    /// The same answer to the same question, so that a call that is made again is answered alike.
    pub(crate) fn alike(request: &Recorded) -> Answer {
        Answer::new(200, format!(r#"{{"number":{}}}"#, request.path.len()))
    }

    /// What was asked for, each once: what must have reached the other systems in any case.
    fn asked(&self) -> BTreeSet<String> {
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

    /// How what was asked for differs from what was asked of `undisturbed`'s.
    pub(crate) fn unlike(&self, undisturbed: &Self) -> Vec<String> {
        let missing = |asked: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
            asked.difference(other).cloned().collect()
        };
        let (asked, model) = (self.asked(), undisturbed.asked());
        let lost = missing(&model, &asked).into_iter();
        // What was not made again for doubt may never have arrived.
        let lost = lost.filter(|lost| !(lost.starts_with("POST ") && lost.contains(ONCE)));
        let lost = lost.map(|lost| format!("lost: {lost}"));
        let new = missing(&asked, &model).into_iter();
        lost.chain(new.map(|new| format!("never asked for: {new}")))
            .collect()
    }

    /// What is wrong between what has arrived and what the ledger says.
    pub(crate) fn against(&self, end: &End) -> Vec<String> {
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
