//! `cuebook definitions`.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::{definitions, output};

/// Write Rhai definition files for editors: all functions and events, with their documentation.
///
/// The Rhai language server completes and explains from them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cuebook definitions\n  cuebook definitions editor/rhai")]
pub(crate) struct Definitions {
    /// The folder to write to; definition files in it that this version does not make are removed [default: `.definitions`
    /// in the configured `rules_dir`]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Writes the files and says where.
pub(crate) fn run(arguments: &Definitions, context: &Context) -> Result<Exit, Failure> {
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => context.config()?.rules_dir.join(definitions::FOLDER),
    };
    let written = definitions::write(&folder).map_err(Failure::unreachable)?;
    output::line(format!(
        "wrote {} definition files to {}",
        written.len(),
        folder.display()
    ));
    Ok(Exit::Good)
}
