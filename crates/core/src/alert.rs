//! Alerts: troubles that a person has to know of. One is raised once, told, told again while it lasts, and told to be over.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::words;

words! {
    /// What kind of trouble it is.
    AlertKind {
        /// Runs have failed or are blocked, and wait for a person. About a rule.
        RunFailed = "run_failed",
        /// Sends were given up, or nobody knows what became of them. About a kind of send.
        SendFailed = "send_failed",
        /// Runs are ready and nobody gets to them. About the whole installation.
        LaneStuck = "lane_stuck",
        /// An endpoint has failed for too long and gets no more messages. About the endpoint.
        EndpointPaused = "endpoint_paused",
        /// The disk is nearly full: webhooks are put off. About the whole installation.
        DiskLow = "disk_low",
        /// No webhook has come for a long time. About the whole installation.
        Silence = "silence",
    }
}

/// A trouble as it is seen now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What kind.
    pub kind: AlertKind,
    /// Which rule, endpoint or kind of send; empty for the whole installation.
    pub about: String,
    /// How many things are affected.
    pub number: u64,
    /// What a person should know, in a sentence. Nothing personal.
    pub detail: String,
}

/// A trouble as it was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: uuid::Uuid,
    /// The trouble, as it was seen last.
    pub trouble: Trouble,
    /// When it was seen first.
    pub raised_at: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// When it was told last.
    pub told_at: Option<Timestamp>,
    /// Why it could not be told, the last time that it was tried.
    pub error: Option<String>,
}

impl Alert {
    /// It in a line.
    pub fn title(&self) -> String {
        let Trouble {
            kind,
            about,
            number,
            ..
        } = &self.trouble;
        let what = match kind {
            AlertKind::RunFailed => format!("{number} {} of {about} failed", noun(*number, "run")),
            AlertKind::SendFailed => {
                format!(
                    "{number} {} by {about} not confirmed",
                    noun(*number, "send")
                )
            }
            AlertKind::LaneStuck => format!("{number} {} not taken up", noun(*number, "run")),
            AlertKind::EndpointPaused => format!("the endpoint {about} is paused"),
            AlertKind::DiskLow => "the disk is nearly full".to_owned(),
            AlertKind::Silence => "no webhook has come".to_owned(),
        };
        match self.resolved_at {
            Some(_) => format!("over: {what}"),
            None => what,
        }
    }
}

fn noun(number: u64, word: &str) -> String {
    if number == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_what_is_wrong_and_whether_it_is_over() {
        let at = Timestamp::from_timestamp(1_773_513_000, 0).unwrap();
        let mut alert = Alert {
            id: uuid::Uuid::nil(),
            trouble: Trouble {
                kind: AlertKind::RunFailed,
                about: "new-booking/thanks".to_owned(),
                number: 2,
                detail: String::new(),
            },
            raised_at: at,
            seen_at: at,
            resolved_at: None,
            told_at: None,
            error: None,
        };
        assert_eq!(alert.title(), "2 runs of new-booking/thanks failed");
        alert.trouble.number = 1;
        alert.resolved_at = Some(at);
        assert_eq!(alert.title(), "over: 1 run of new-booking/thanks failed");
    }
}
