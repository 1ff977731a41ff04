//! `cuebook openapi`.

use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::url_of;

/// Print the OpenAPI document of the API.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cuebook openapi > openapi.json")]
pub(crate) struct Openapi {}

/// Prints the document with the server's URL that the configuration gives.
pub(crate) fn run(_arguments: &Openapi, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let url = url_of(&config, config.listen);
    output::line(cuebook_server::openapi_document(&url).trim_end());
    Ok(Exit::Good)
}
