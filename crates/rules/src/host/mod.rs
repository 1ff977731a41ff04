//! What belongs to a run while its script runs: the host behind the functions that scripts call.

pub(crate) mod current;
