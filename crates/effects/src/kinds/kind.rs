//! What a kind is: a descriptor, and how it is performed.

use cuebook_core::Value;
use cuebook_core::failure::AttemptError;
use cuebook_core::function::{FunctionDescriptor, FunctionKind};
use futures::future::BoxFuture;

use crate::effects::{Call, Delivered, Delivery, Outside};
use crate::http::{Passage, Queued};

/// One script function with an effect.
pub(crate) struct Kind {
    /// What scripts, docs and tests know of it.
    pub(crate) descriptor: FunctionDescriptor,
    /// How it is performed.
    pub(crate) perform: Perform,
}

/// How a kind is performed.
pub(crate) enum Perform {
    /// Its answer is needed.
    Call {
        /// One attempt.
        run: for<'a> fn(&'a Outside, &'a Call<'a>) -> BoxFuture<'a, Result<Value, AttemptError>>,
        /// The receiver, as the ledger shows it.
        target: fn(&[Value]) -> String,
        /// Whether it may be performed again when its outcome is lost.
        repeats: fn(&[Value]) -> bool,
    },
    /// It was prepared, and goes out from the outbox.
    Send {
        /// The right to begin an attempt now, if it can be had.
        passage: fn(&Outside, &Delivery<'_>) -> Option<Passage>,
        /// A place in the queue for that right, where it is about to come.
        queue: fn(&Outside, &Delivery<'_>) -> Option<Queued>,
        /// One attempt.
        deliver: for<'a> fn(
            &'a Outside,
            &'a Delivery<'a>,
            Passage,
        ) -> BoxFuture<'a, Result<Delivered, AttemptError>>,
    },
    /// It becomes an event of Cuebook in the transaction that ends the segment, and is never performed.
    Event,
}

impl Kind {
    /// Whether it changes something outside.
    pub(crate) fn leaves_a_trace(&self) -> bool {
        let asks_only = matches!(self.descriptor.kind, FunctionKind::Read);
        !asks_only && !matches!(self.perform, Perform::Event)
    }
}
