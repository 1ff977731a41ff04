//! Effects for tests, and what a rule would hand them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::clock::ManualClock;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{FunctionKind, PrepareContext, Templates};
use cuebook_core::secret::{SecretLookup, SecretText};
use cuebook_core::send::PreparedSend;
use cuebook_core::{Timestamp, Value};
use cuebook_effects::{
    Call, Delivered, Delivery, EffectSettings, Effects, EgressPolicy, Limits, SmtpSettings, kinds,
};

/// The key of every call in these tests.
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// The moment of every run in these tests.
pub(crate) fn now() -> Timestamp {
    "2026-07-01T18:30:00Z".parse().unwrap()
}

struct Secrets(HashMap<&'static str, &'static str>);

impl SecretLookup for Secrets {
    fn lookup(&self, name: &str) -> Option<SecretText> {
        self.0.get(name).map(|text| SecretText::new(*text))
    }
}

/// Settings that open the loopback.
pub(crate) fn settings() -> EffectSettings {
    EffectSettings {
        capture: false,
        smtp: None,
        egress: EgressPolicy {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            allow_http: false,
        },
        ticketpark: None,
        secrets: Arc::new(Secrets(HashMap::from([
            ("TOKEN", "t0ken"),
            ("PASSWORD", "pa:ss"),
            ("LONG", "long pa:ss word"),
            ("BROKEN", "two\nlines"),
        ]))),
        clock: Arc::new(ManualClock::new(now())),
        extra_roots: Vec::new(),
        limits: Limits::default(),
    }
}

/// Effects by [`settings`].
pub(crate) fn effects() -> Effects {
    Effects::new(settings()).unwrap()
}

/// Effects that wait 300 ms for an answer: for peers that give none.
pub(crate) fn hasty() -> Effects {
    let mut settings = settings();
    settings.limits.http.total = Duration::from_millis(300);
    Effects::new(settings).unwrap()
}

/// Settings of a mail server on this machine.
pub(crate) fn smtp(url: &str) -> SmtpSettings {
    SmtpSettings {
        url: SecretText::new(url),
        from: None,
        allow_plain: false,
    }
}

/// One attempt at `function`.
pub(crate) async fn call(
    effects: &Effects,
    function: &str,
    arguments: &[Value],
) -> Result<Value, AttemptError> {
    let call = Call {
        function,
        arguments,
        key: KEY,
        attempt: 1,
    };
    effects.call(&call).await
}

/// One attempt at a prepared send of `kind`.
pub(crate) async fn deliver(
    effects: &Effects,
    kind: &str,
    send: &PreparedSend,
) -> Result<Delivered, AttemptError> {
    let delivery = Delivery {
        kind,
        target: &send.target,
        key: &send.key,
        envelope: &send.envelope,
        body: &send.body,
    };
    let passage = effects.passage(&delivery).unwrap();
    effects.deliver(&delivery, passage).await
}

/// Templates by `NAME.LOCALE.PART`; `{name}` in them is replaced by the data's `name`.
pub(crate) struct FixedTemplates(pub(crate) &'static [(&'static str, &'static str)]);

impl Templates for FixedTemplates {
    fn render(
        &self,
        name: &str,
        locale: &str,
        part: &str,
        data: &Value,
    ) -> Result<Option<String>, CallError> {
        let file = format!("{name}.{locale}.{part}");
        let shown = data.get("name").and_then(Value::as_text).unwrap_or("?");
        let found = self.0.iter().find(|(known, _)| *known == file);
        Ok(found.map(|(_, text)| text.replace("{name}", shown)))
    }

    fn locales(&self, name: &str) -> Vec<String> {
        let mut locales: Vec<String> = self
            .0
            .iter()
            .filter_map(|(file, _)| file.strip_prefix(name)?.split('.').nth(1))
            .map(str::to_owned)
            .collect();
        locales.dedup();
        locales
    }
}

/// Prepares a send as the rules do, with a sender from the settings.
pub(crate) fn prepare(function: &str, arguments: &[Value]) -> Result<Vec<PreparedSend>, CallError> {
    prepare_with(
        function,
        arguments,
        &FixedTemplates(&[]),
        Some("Box office <box@example.org>"),
    )
}

/// Prepares a send with these templates and this sender.
pub(crate) fn prepare_with(
    function: &str,
    arguments: &[Value],
    templates: &dyn Templates,
    default_from: Option<&str>,
) -> Result<Vec<PreparedSend>, CallError> {
    let descriptor = kinds::descriptors()
        .into_iter()
        .find(|descriptor| descriptor.name == function)
        .unwrap();
    let FunctionKind::Send(prepare) = descriptor.kind else {
        panic!("{function} is no send")
    };
    let context = PrepareContext {
        now: now(),
        key: &|part| format!("{part}{KEY}"),
        templates,
        default_from,
        default_locale: "de",
    };
    prepare(&context, arguments)
}

/// A map as a script would write it.
pub(crate) fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::from(members)
}

/// An array of texts.
pub(crate) fn texts(items: &[&str]) -> Value {
    Value::Array(items.iter().map(|&item| Value::from(item)).collect())
}
