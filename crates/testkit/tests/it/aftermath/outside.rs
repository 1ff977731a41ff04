//! The other systems of one chain of processes: they survive each of them, and keep what reaches them.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_testkit::{Answer, HttpPeer, Recorded, SmtpPeer};

use super::masks::without_ids;
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
        let requests = self.writes().into_iter().map(|request| {
            let text = without_ids(&request.text());
            format!("{} {} {text}", request.method, request.path)
        });
        let mails = self.mail.mails();
        let mails = mails
            .iter()
            .map(|mail| format!("{:?} {:?} {:?}", mail.from, mail.to, mail.header("subject")));
        requests.chain(mails).collect()
    }

    /// What has arrived, each once: methods and paths, and the subjects of mails.
    pub(crate) fn arrivals(&self) -> BTreeSet<String> {
        let requests = self.writes().into_iter();
        let requests = requests.map(|request| format!("{} {}", request.method, request.path));
        let mails = self.mail.mails().into_iter();
        let mails = mails.map(|mail| format!("mail {}", mail.header("subject")));
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
        let mut arrived: BTreeMap<String, Vec<Arrival>> = BTreeMap::new();
        for request in self.writes() {
            let content = format!("{} {} {}", request.method, request.path, request.text());
            let key = request.header("idempotency-key").to_owned();
            arrived.entry(key).or_default().push(Arrival {
                content,
                processed: request.answered < 300,
            });
        }
        for mail in self.mail.mails() {
            arrived.entry(mail.key()).or_default().push(Arrival {
                content: mail.message.clone(),
                processed: true,
            });
        }
        let goes_out =
            |effect: &&EffectEnd| effect.kind.contains("::") && !effect.kind.starts_with("state::");
        let mut rows: BTreeMap<String, EffectEnd> = BTreeMap::new();
        for effect in end.effects().filter(goes_out) {
            let row = rows.entry(effect.key.clone());
            // What `retry_in` asks for anew has a row for each time.
            row.and_modify(|row| {
                row.attempts += effect.attempts;
                row.doubts += effect.doubts;
                row.state.clone_from(&effect.state);
            })
            .or_insert_with(|| effect.clone());
        }
        for (key, effect) in rows {
            let times = arrived.remove(&key).unwrap_or_default();
            wrong.extend(compare(&effect, &times));
        }
        for (key, arrivals) in arrived {
            wrong.push(format!("not in the ledger: {key:?} {arrivals:?}"));
        }
        wrong
    }

    fn writes(&self) -> Vec<Recorded> {
        let mut requests = self.http.requests();
        requests.retain(|request| request.method != "GET");
        requests
    }
}

/// Something that has arrived, with one key.
#[derive(Debug)]
struct Arrival {
    content: String,
    /// Whether the other system took it.
    processed: bool,
}

fn compare(effect: &EffectEnd, arrived: &[Arrival]) -> Option<String> {
    let EffectEnd {
        kind,
        target,
        state,
        attempts,
        doubts,
        ..
    } = effect;
    let what = format!("{kind} {target} is {state} with {doubts} doubts in {attempts} attempts");
    let processed = arrived.iter().filter(|arrival| arrival.processed).count();
    if processed > doubts + 1 || arrived.len() > *attempts {
        return Some(format!(
            "{what}, arrived {} times and was processed {processed} times",
            arrived.len()
        ));
    }
    if arrived.is_empty() && state != "unknown" {
        return Some(format!("{what} and never arrived"));
    }
    if state == "done" && processed == 0 {
        return Some(format!("{what} and was never processed"));
    }
    if arrived
        .iter()
        .any(|arrival| arrival.content != arrived[0].content)
    {
        return Some(format!(
            "{what} and arrived in different words: {arrived:?}"
        ));
    }
    None
}
