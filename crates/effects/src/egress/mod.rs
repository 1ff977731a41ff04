//! Where scripts may connect to.
//!
//! The policy is asked twice: [`policy`] looks at the URL before a request is made, and [`resolver`] at each address that
//! a name resolves to, so that the connection goes to an address that was checked and to no other. The HTTP client does
//! not ask a resolver about addresses written as such, therefore both are needed.

mod address;
mod allow;
mod policy;
mod resolver;

pub use allow::{AllowRule, NotAnAllowRule};
pub use policy::EgressPolicy;
pub(crate) use policy::{Admission, Refused};
pub(crate) use resolver::CheckedResolver;
