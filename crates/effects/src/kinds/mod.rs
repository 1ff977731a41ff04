//! The kinds of effects: one file each, and the list of them.
//!
//! Deliveries to endpoints are performed like the others, and no script asks for them.
//!
//! To add one: a file here that holds its `Kind`, and a line in `KINDS`. Its registration in scripts, the reference
//! page and the test doubles follow from its descriptor.

mod email;
mod emit;
mod forward;
mod http;
mod kind;
mod ticketpark;
mod ticketpark_records;
mod webhook;

use cuebook_core::function::FunctionDescriptor;

pub use email::NAME as MAIL;

pub(crate) use kind::{Kind, Perform};

/// Every kind.
const KINDS: &[&Kind] = &[
    &http::GET,
    &http::POST,
    &http::PUT,
    &http::PATCH,
    &http::DELETE,
    &ticketpark_records::BOOKING,
    &ticketpark_records::TICKET,
    &ticketpark_records::PERSON,
    &ticketpark_records::PAYMENT,
    &ticketpark_records::SHOW,
    &ticketpark_records::EVENT,
    &ticketpark::GET,
    &ticketpark::LIST,
    &ticketpark::POST,
    &ticketpark::PATCH,
    &email::SEND,
    &webhook::SEND,
    &emit::EMIT,
];

/// The descriptors of all script functions with an effect.
pub fn descriptors() -> Vec<FunctionDescriptor> {
    KINDS.iter().map(|kind| kind.descriptor).collect()
}

/// The kind of a function's full name.
pub(crate) fn find(function: &str) -> Option<&'static Kind> {
    KINDS
        .iter()
        .copied()
        .chain([&forward::DELIVER])
        .find(|kind| kind.descriptor.name == function)
}
