//! Hook tokens: the secret part of the address to which Ticketpark sends. Any number of them may be good.

mod api;
mod view;

pub(crate) use api::HookTokensApi;
