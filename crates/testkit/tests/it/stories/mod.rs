//! Stories: what becomes of a webhook, from the request to the last effect.

mod booking;
mod burst;
mod crashing;
mod deploying;
mod diverging;
mod emitting;
mod failing;
mod fairness;
mod forwarding;
mod lanes;
mod looping;
mod many_lanes;
mod operating;
mod parallel;
mod pinned_versions;
mod rates;
mod remembering;
mod retrying;
mod run_options;
mod seven_types;
mod sleeping;
mod timetables;
mod waiting_for_events;
mod wrong_mails;
