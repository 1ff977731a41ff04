//! One run, from the claim to the end of its segment.
//!
//! A run's script runs from the top until it asks for something that its journal does not answer (a *pass*). Then:
//!
//! - **Reads** are performed without an intent. Their answers are kept in hand and recorded with the next commit, at the
//!   latest after `pending::ANSWERS` of them or `pending::AGE`. After a crash they are asked again: nothing outside
//!   has changed.
//! - **Writes** are performed once their intent is committed, and the script learns the answer once that is. An intent
//!   holds how many attempts were *begun*; while the next one waits for its time, it also holds that time. So after a
//!   crash an open intent with a time was in a pause and goes on, and one without was being performed: it is repeated
//!   where that is safe, and else its outcome is unknown, which is what the script gets to know.
//! - Each answer starts the next pass, so that the branches of `parallel` go on independently.
//!
//! The segment ends when the script ends or waits, or when nothing is left but pauses longer than `open_calls::LONG`.
//! What the script sends is written with the segment's end, in one transaction.
//!
//! Whenever the store says that the claim is lost, another process has the run, and this one lets it go without a word.

mod answers;
mod ask;
mod begin;
mod claim_key;
mod end;
mod open_calls;
mod passes;
mod pending;
mod remember;
mod reopen;
mod run;
mod segment;
mod timeout;
mod turn;
mod verdict;

pub(crate) use run::drive;
