//! The command from outside: the real binary, in a folder of its own.

mod check;
mod config;
mod demo;
mod exit_codes;
mod folder;
mod http;
mod peers;
mod reference;
mod reload;
mod restart;
mod server;
