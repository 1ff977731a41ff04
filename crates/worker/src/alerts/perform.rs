//! Performs one send that no run asked for, by the code that performs those of rules.

use cuebook_core::failure::AttemptError;
use cuebook_core::function::{FunctionKind, PrepareContext, Templates};
use cuebook_core::send::PreparedSend;
use cuebook_core::{CallError, Value};
use cuebook_effects::{Delivery, kinds};

use crate::parts::WorkerParts;

/// Prepares what the script function `name` would send with `arguments`, and sends it once. Attempts with the same `key` are
/// the same send.
pub(super) async fn perform(
    parts: &WorkerParts,
    name: &str,
    arguments: &[Value],
    key: &str,
) -> Result<(), String> {
    for send in prepared(parts, name, arguments, key)? {
        let delivery = Delivery {
            kind: name,
            target: &send.target,
            key: &send.key,
            envelope: &send.envelope,
            body: &send.body,
        };
        let passage = parts
            .effects
            .passage(&delivery)
            .ok_or_else(|| format!("{name}: the host has as many requests as it gets"))?;
        let delivered = parts.effects.deliver(&delivery, passage).await;
        delivered.map_err(|AttemptError { error, .. }| told(name, &error))?;
    }
    Ok(())
}

fn prepared(
    parts: &WorkerParts,
    name: &str,
    arguments: &[Value],
    key: &str,
) -> Result<Vec<PreparedSend>, String> {
    let mut known = kinds::descriptors().into_iter();
    let descriptor = known.find(|descriptor| descriptor.name == name);
    let Some(FunctionKind::Send(prepare)) = descriptor.map(|descriptor| descriptor.kind) else {
        return Err(format!("this version of Cuebook cannot perform {name}"));
    };
    let context = PrepareContext {
        now: parts.clock.now(),
        key: &|part| format!("{key}-{part}"),
        templates: &NoTemplates,
        default_from: parts.alerts.from.as_deref(),
        default_locale: "en",
    };
    prepare(&context, arguments).map_err(|error| told(name, &error))
}

/// What went wrong, without the sentence about it: that names the target, and the path of a chat's URL is a secret.
fn told(name: &str, error: &CallError) -> String {
    match error.status {
        Some(status) => format!("{name}: {} {status}", error.kind),
        None => format!("{name}: {}", error.kind),
    }
}

/// There are none outside of rules.
struct NoTemplates;

impl Templates for NoTemplates {
    fn render(&self, _: &str, _: &str, _: &str, _: &Value) -> Result<Option<String>, CallError> {
        Ok(None)
    }

    fn locales(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}
