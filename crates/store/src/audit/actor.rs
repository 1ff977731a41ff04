//! Who acts: a key of the API at an address, or a command on the machine itself.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use cuebook_core::clock::to_micros;
use cuebook_core::{Chance, Timestamp};
use uuid::Uuid;

use crate::entities::audit_log;

/// The longest reason that is kept, in characters.
const REASON: usize = 500;

/// Somebody who carries out one operation.
#[derive(Debug)]
pub struct Actor {
    key_id: String,
    address: Option<IpAddr>,
    operation: String,
    request_id: Option<Uuid>,
    reason: OnceLock<String>,
    recorded: AtomicBool,
}

impl Actor {
    /// Stands in the place of a key where a command acts without one.
    pub const LOCAL: &'static str = "local";

    /// The holder of the key `key_id`, who asked for `operation` from `address`.
    pub fn new(
        key_id: impl Into<String>,
        address: Option<IpAddr>,
        operation: impl Into<String>,
        request_id: Option<Uuid>,
    ) -> Self {
        Self {
            key_id: key_id.into(),
            address,
            operation: operation.into(),
            request_id,
            reason: OnceLock::new(),
            recorded: AtomicBool::new(false),
        }
    }

    /// A command on this machine that works on the database itself.
    pub fn local(operation: impl Into<String>) -> Self {
        Self::new(Self::LOCAL, None, operation, None)
    }

    /// Keeps why, with what is recorded from now on; the first reason stays. It must hold nothing personal.
    pub fn because(&self, reason: &str) {
        let _ = self.reason.set(reason.chars().take(REASON).collect());
    }

    /// Whether what the operation changed stands in the audit log already, or it changed nothing.
    pub fn is_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }

    /// The operation only looks, and leaves nothing to record.
    pub fn changes_nothing(&self) {
        self.recorded();
    }

    pub(crate) fn recorded(&self) {
        self.recorded.store(true, Ordering::Relaxed);
    }

    /// A row of the log, as yet without its target.
    pub(crate) fn row(&self, chance: &dyn Chance, now: Timestamp) -> audit_log::Model {
        audit_log::Model {
            id: chance.uuid(now),
            at: to_micros(now),
            key_id: self.key_id.clone(),
            address: self.address.map(|address| address.to_string()),
            operation: self.operation.clone(),
            target_kind: None,
            target_id: None,
            reason: self.reason.get().cloned(),
            before: None,
            after: None,
            request_id: self.request_id.map(|id| id.to_string()),
        }
    }
}
