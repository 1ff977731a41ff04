//! The run whose script the current thread runs, for the length of a pass.

#![expect(
    clippy::unnecessary_box_returns,
    reason = "a boxed error is what Rhai's functions give back"
)]

use std::cell::RefCell;
use std::sync::Arc;

use cuebook_core::clock::Timestamp;
use rhai::NativeCallContext;

use super::event_view::EventView;
use super::gauge;
use super::run::Host;
use super::stop::Stop;
use crate::templates::TemplateSet;
use crate::throw::{Thrown, halt, invalid};

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Makes `host` the thread's.
pub(crate) fn enter(host: Host) {
    HOST.set(Some(host));
}

/// Takes the thread's host back.
pub(crate) fn leave() -> Option<Host> {
    HOST.take()
}

/// Lets `act` use the thread's host. It must not call into Rhai.
pub(crate) fn with<R>(act: impl FnOnce(&mut Host) -> R) -> Result<R, Thrown> {
    HOST.with_borrow_mut(|host| host.as_mut().map(act))
        .ok_or_else(|| invalid("this can be called only while a rule runs, not while it is loaded"))
}

/// The event of the current run. `None` outside of a run.
pub(crate) fn event() -> Option<EventView> {
    HOST.with_borrow(|host| host.as_ref().map(|host| host.event.clone()))
}

/// The moment of the current run: when its event came. The same in each pass, so that pure functions may use it. `None`
/// outside of a run.
pub(crate) fn moment() -> Option<Timestamp> {
    HOST.with_borrow(|host| host.as_ref().map(|host| host.input.event.received_at))
}

/// The templates of the current run's version. `None` outside of a run.
pub(crate) fn templates() -> Option<Arc<TemplateSet>> {
    HOST.with_borrow(|host| host.as_ref().map(|host| Arc::clone(&host.templates)))
}

/// Stops the script because of `stop`; the first reason counts. Gives back the error that the script sees.
pub(crate) fn stop(stop: Stop) -> Thrown {
    HOST.with_borrow_mut(|host| {
        if let Some(host) = host {
            host.stop.get_or_insert(stop);
        }
    });
    gauge::set_stopped(true);
    halt()
}

/// Takes the reason why the script must not go on, so that it may: only `parallel` does, between its branches.
pub(crate) fn take_stop() -> Option<Stop> {
    let stop = HOST.with_borrow_mut(|host| host.as_mut().and_then(|host| host.stop.take()));
    if stop.is_some() {
        gauge::set_stopped(false);
    }
    stop
}

/// Ends the run because the script did what no script may.
pub(crate) fn broken(context: &NativeCallContext, message: &str) -> Thrown {
    stop(Stop::Broken {
        message: message.to_owned(),
        line: line(context),
    })
}

/// The line that a function was called in.
pub(crate) fn line(context: &NativeCallContext) -> Option<u32> {
    context
        .call_position()
        .line()
        .and_then(|line| u32::try_from(line).ok())
}
