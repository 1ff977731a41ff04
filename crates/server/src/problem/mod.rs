//! What is answered when something is refused: one catalogue of codes, one shape. No answer holds internal text.

mod answer;
mod catch;
mod code;
mod refused;

pub use answer::{PROBLEM_JSON, Problem};
pub(crate) use catch::problem_of;
pub use code::Code;
pub(crate) use refused::{Refusals, Refused, refusals, store_problem};
