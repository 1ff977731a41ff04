//! pretend
