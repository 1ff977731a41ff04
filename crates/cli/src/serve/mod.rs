//! Putting everything together: what `cuebook serve` starts, in which order, and how it stops.

mod access;
mod banner;
mod demo;
mod disk;
mod ground;
mod parts;
mod rules;
mod running;
mod script_secrets;
mod service_manager;
mod socket;
mod stop_signal;
mod ticketpark_login;
mod until_stopped;
mod url;

pub(crate) use access::existing_secret_key;
pub(crate) use demo::send_as_demo;
pub(crate) use disk::Reserve;
pub(crate) use ground::store_settings;
pub(crate) use parts::{effects, ticketpark};
pub(crate) use script_secrets::ScriptSecrets;
pub(crate) use socket::handed_over;
pub(crate) use until_stopped::{Options, serve, serve_and};
pub(crate) use url::{database_url, demo_database_url, sqlite_file, url_of};
