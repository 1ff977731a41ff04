//! The lints: what the walk hands over is judged here, one file a family. Each is silent where a script may be right in a
//! way that it cannot see.

mod addresses;
mod arguments;
mod calls;
mod compare;
mod fields;
mod flow;
mod foreign;
mod mail;
mod methods;
mod named;
mod order;
mod parallel;
mod secrets;
mod sends;
mod switches;
mod template_data;
mod unused;
mod variables;
mod words;

pub(crate) use flow::start_of_statement;
