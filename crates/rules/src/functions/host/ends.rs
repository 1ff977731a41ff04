//! `skip`, `fail` and `retry_in`: how a script says that it ends. Nothing catches them.

use rhai::{Engine, NativeCallContext};

use crate::duration;
use crate::host::current;
use crate::host::stop::{End, Stop};
use crate::throw::{Thrown, invalid};

/// The longest reason that is kept, in bytes.
const REASON: usize = 2_000;

/// Registers them.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_fn("skip", skip)
        .register_fn("fail", fail)
        .register_fn("retry_in", retry_in);
}

fn skip(reason: &str) -> Result<(), Thrown> {
    end(End::Skip {
        reason: short(reason),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "Rhai hands the context over")]
fn fail(context: NativeCallContext, reason: &str) -> Result<(), Thrown> {
    end(End::Fail {
        reason: short(reason),
        line: current::line(&context),
    })
}

fn retry_in(delay: &str, reason: &str) -> Result<(), Thrown> {
    let delay = duration::parse(delay).map_err(|error| invalid(format!("retry_in: {error}")))?;
    end(End::RetryIn {
        delay,
        reason: short(reason),
    })
}

fn end(end: End) -> Result<(), Thrown> {
    // Only while a rule runs.
    current::with(|_| ())?;
    Err(current::stop(Stop::Ended(end)))
}

fn short(reason: &str) -> String {
    reason[..reason.floor_char_boundary(REASON)].to_owned()
}
