//! `cuebook reference`: the pages that are made from the code. The committed ones are compared with them by a test.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::exit::{Exit, Failure};
use crate::{config, definitions, engine, output};

/// The server's address in the committed OpenAPI document.
const SERVER: &str = "http://127.0.0.1:8080";
/// Where the definition files for editors are committed.
const DEFINITIONS: &str = "reference/definitions";

/// Write the reference pages that are made from the code.
#[derive(Debug, Args)]
#[command(hide = true, after_help = "Example:\n  cuebook reference --write docs")]
pub(crate) struct Reference {
    /// The folder to write to.
    #[arg(long, value_name = "FOLDER")]
    write: PathBuf,
}

/// Writes each page below the folder.
pub(crate) fn run(arguments: &Reference) -> Result<Exit, Failure> {
    for (path, text) in pages().map_err(Failure::unreachable)? {
        let path = arguments.write.join(path);
        write(&path, &text).map_err(Failure::unreachable)?;
        output::line(path.display());
    }
    Ok(Exit::Good)
}

/// The pages: their paths below `docs`, and their texts.
fn pages() -> anyhow::Result<Vec<(String, String)>> {
    let engine = engine::bare()?;
    let pages = vec![
        (
            "openapi.json",
            ended(cuebook_server::openapi_document(SERVER)),
        ),
        (
            "reference/functions.md",
            cuebook_rules::reference::functions_page(engine.functions()),
        ),
        (
            "reference/events.md",
            cuebook_rules::reference::events_page(),
        ),
        (
            "reference/diagnostics.md",
            cuebook_rules::reference::diagnostics_page(),
        ),
        ("reference/configuration.md", config::page()),
    ];
    let pages = pages
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text));
    let definitions = definitions::texts()?
        .into_iter()
        .map(|(name, text)| (format!("{DEFINITIONS}/{name}"), text));
    Ok(pages.chain(definitions).collect())
}

fn ended(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
