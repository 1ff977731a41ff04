//! One person's data.

mod again;
mod erasing;
mod finding;
mod scene;
