//! The state machine.

mod accept_event;
mod access;
mod api_keys;
mod budget;
mod cancel_on;
mod claim_key;
mod claim_runs;
mod complete_run;
mod debounce;
mod descendants;
mod event_waits;
mod fail_run;
mod hook_token;
mod hostile_texts;
mod idempotency;
mod operate_effects;
mod operate_runs;
mod record_steps;
mod remember;
mod rule_sets;
mod secrets;
mod settle_send;
mod stop;
mod strays;
mod suspend_and_wake;
mod take_over;
