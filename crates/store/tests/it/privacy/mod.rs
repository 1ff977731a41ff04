//! One person's data.

mod again;
mod deliveries;
mod erasing;
mod finding;
mod returning;
mod scene;
