//! The effects that a run wants, in the form in which they are compared: from the ledger, and from a rehearsal.

use cuebook_core::Value;
use cuebook_core::journal::{StepKind, StepPath};
use cuebook_core::send::Route;
use cuebook_effects::readable::{self, Fields};
use cuebook_rules::rehearse::Rehearsal;
use cuebook_store::PastRun;
use serde_json::Value as Json;

use super::alike::same_bytes;

/// An effect that a run wants.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    /// The function's name.
    pub(super) function: String,
    /// The step that wants it.
    pub(super) path: StepPath,
    /// The receiver, as the ledger shows it.
    pub(super) target: String,
    content: Content,
}

/// What an effect says.
#[derive(Debug, Clone)]
enum Content {
    /// What was prepared of a send.
    Sent { envelope: Json, body: Vec<u8> },
    /// What a call was asked with.
    Asked(Vec<Value>),
    /// What the history holds no more of than a digest: emitted events and what is remembered.
    Digest { digest: String, said: Fields },
}

impl Effect {
    /// Whether both do the same. `quick` looks no further than at the bytes: it finds the same only where both are of one
    /// place of one run.
    pub(super) fn same(&self, other: &Self, quick: bool) -> bool {
        if self.function != other.function {
            return false;
        }
        match (&self.content, &other.content) {
            (Content::Asked(one), Content::Asked(two)) => one == two,
            (Content::Digest { digest: one, .. }, Content::Digest { digest: two, .. }) => {
                one == two
            }
            (
                Content::Sent {
                    envelope: one,
                    body: first,
                },
                Content::Sent {
                    envelope: two,
                    body: second,
                },
            ) => {
                (one == two && same_bytes(&self.function, first, second))
                    || (!quick && self.fields() == other.fields())
            }
            _ => false,
        }
    }

    /// What it says, field by field.
    pub(super) fn fields(&self) -> Fields {
        match &self.content {
            Content::Sent { envelope, body } => readable::of_send(&self.function, envelope, body),
            Content::Asked(arguments) => readable::of_call(&self.function, arguments),
            Content::Digest { said, .. } => said.clone(),
        }
    }
}

/// What a past run wanted: its sends from the ledger, its calls from the journal.
pub(super) fn of_past(past: &PastRun) -> Vec<Effect> {
    let sends = past.effects.iter().filter_map(|effect| {
        let body = effect.body.as_ref()?;
        Some(Effect {
            function: effect.kind.clone(),
            path: effect.path.clone(),
            target: effect.target.clone(),
            content: Content::Sent {
                envelope: body.envelope.clone(),
                body: body.body.clone(),
            },
        })
    });
    let target = |path: &StepPath| {
        let effects = past.effects.iter();
        let mut at = effects.filter(|effect| effect.path == *path);
        at.next().map(|effect| effect.target.clone())
    };
    let steps = past.steps.iter().filter_map(|(path, step)| {
        let function = &step.entry.question.function;
        let content = match step.entry.kind {
            StepKind::Write => Content::Asked(step.arguments.clone()),
            // A send that could not be prepared threw, and was none.
            StepKind::Send if matches!(step.entry.answer, Some(Ok(_))) => Content::Digest {
                digest: step.entry.question.digest.clone(),
                said: Fields::new(),
            },
            _ => return None,
        };
        Some(Effect {
            function: function.clone(),
            path: path.clone(),
            target: target(path).unwrap_or_default(),
            content,
        })
    });
    sends.chain(steps).collect()
}

/// What a rehearsed run wants.
pub(super) fn of_rehearsal(run: &Rehearsal) -> Vec<Effect> {
    let sends = run.sends().flat_map(|send| {
        send.parts.iter().map(|part| Effect {
            function: send.question.function.clone(),
            path: send.path.clone(),
            target: part.target.clone(),
            content: match part.route {
                Route::Outbox => Content::Sent {
                    envelope: part.envelope.clone(),
                    body: part.body.clone(),
                },
                Route::Event | Route::State => Content::Digest {
                    digest: send.question.digest.clone(),
                    said: readable::of_send(&send.question.function, &part.envelope, &part.body),
                },
            },
        })
    });
    let writes = run.writes().map(|step| Effect {
        function: step.question.function.clone(),
        path: step.path.clone(),
        target: place_of(&step.arguments),
        content: Content::Asked(step.arguments.clone()),
    });
    sends.chain(writes).collect()
}

/// Where a call goes: its first argument, without what may be secret in it.
fn place_of(arguments: &[Value]) -> String {
    let place = arguments.first().and_then(Value::as_text);
    let place = place.unwrap_or_default();
    place.split('?').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A mail to `to` at step `path`.
    pub(in crate::backtest) fn mail(path: u32, to: &str, subject: &str) -> Effect {
        let body = format!(
            "Message-ID: <{path}@x>\r\nDate: {path}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nHello"
        );
        Effect {
            function: "email::send".to_owned(),
            path: StepPath::top(path),
            target: to.to_owned(),
            content: Content::Sent {
                envelope: json!({"to": [to]}),
                body: body.into_bytes(),
            },
        }
    }

    /// A request to `url` at step `path`.
    pub(in crate::backtest) fn post(path: u32, url: &str) -> Effect {
        Effect {
            function: "http::post".to_owned(),
            path: StepPath::top(path),
            target: url.to_owned(),
            content: Content::Asked(vec![Value::from(url)]),
        }
    }

    #[test]
    fn at_another_place_a_mail_is_told_by_what_it_says() {
        let (one, two) = (mail(1, "a@x.example", "Hi"), mail(2, "a@x.example", "Hi"));
        assert!(!one.same(&two, true));
        assert!(one.same(&two, false));
        assert!(!one.same(&mail(1, "a@x.example", "Ho"), false));
    }
}
