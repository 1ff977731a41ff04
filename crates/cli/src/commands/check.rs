//! `cuebook check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use cuebook_rules::testing::TestFiles;
use cuebook_rules::{Diagnostic, RuleFiles, on_big_stack};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Colour;
use crate::{diagnostics, engine, output};

/// Compile and check rules. Exits with 1 if there are errors.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook check\n  cuebook check rules/new-booking/thank-you.rhai\n  cuebook check --format json\n  cuebook check --explain E0401"
)]
pub(crate) struct Check {
    /// Folders of rules, or single files of one [default: the configured `rules_dir`]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 on warnings too.
    #[arg(long)]
    deny_warnings: bool,
    /// Explain a code, with an example and its repair, and check nothing.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["paths", "format", "deny_warnings"])]
    explain: Option<String>,
}

/// How to print what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: with the line, a caret and a hint.
    Text,
    /// For tools: a list of objects.
    Json,
}

/// What was found, with the texts of the files by the names under which it is shown.
#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    sources: BTreeMap<String, Vec<u8>>,
    rules: usize,
}

/// Checks each path and prints what is found.
pub(crate) fn run(arguments: &Check, context: &Context) -> Result<Exit, Failure> {
    if let Some(code) = &arguments.explain {
        return explain(code);
    }
    let config = context.config()?;
    let mut paths = arguments.paths.clone();
    if paths.is_empty() {
        paths.push(config.rules_dir.clone());
    }
    let engine = engine::for_checks(&config).map_err(Failure::unreachable)?;
    let mut found = Found::default();
    for path in &paths {
        let (root, only) = root_of(path, &config.rules_dir)?;
        let files = RuleFiles::read(&root).map_err(Failure::usage)?;
        let tests = TestFiles::read(&root).map_err(Failure::usage)?;
        let mut checked = engine.check_apart(&files).map_err(Failure::unreachable)?;
        let of_tests = on_big_stack(|| engine.check_tests(&files, &tests));
        checked
            .diagnostics
            .extend(of_tests.map_err(Failure::unreachable)?);
        found.take(&root, only.as_deref(), files, checked.diagnostics);
        found.add_texts(&root, tests);
    }
    let errors = found.diagnostics.iter().filter(|d| d.is_error()).count();
    match arguments.format {
        Format::Json => {
            let json = serde_json::to_string_pretty(&found.diagnostics);
            output::line(json.map_err(Failure::unreachable)?);
        }
        Format::Text => print(&found, errors, Colour::of_stdout(context.environment())),
    }
    let is_good = errors == 0 && (found.diagnostics.is_empty() || !arguments.deny_warnings);
    Ok(if is_good { Exit::Good } else { Exit::Findings })
}

/// Prints what a code means.
fn explain(code: &str) -> Result<Exit, Failure> {
    let Some(text) = cuebook_rules::diagnostic::explain(code) else {
        return Err(Failure::usage(anyhow::anyhow!(
            "there is no code {code:?}: those that there are stand in docs/reference/diagnostics.md"
        )));
    };
    output::text(&text);
    Ok(Exit::Good)
}

impl Found {
    /// Takes what concerns `only` (a file or folder below the root), or all of it.
    fn take(
        &mut self,
        root: &Path,
        only: Option<&str>,
        files: RuleFiles,
        diagnostics: Vec<Diagnostic>,
    ) {
        let concerns = |file: &str| {
            only.is_none_or(|only| {
                file.strip_prefix(only)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let shown = |file: &str| root.join(file).display().to_string();
        for mut diagnostic in diagnostics {
            if concerns(&diagnostic.file) {
                diagnostic.file = shown(&diagnostic.file);
                self.diagnostics.push(diagnostic);
            }
        }
        for (file, text) in files.0 {
            let is_rule = !file.starts_with("lib/") && !file.starts_with("templates/");
            self.rules += usize::from(is_rule && concerns(&file));
            self.sources.insert(shown(&file), text);
        }
    }
}

impl Found {
    /// Adds the texts of tests.
    fn add_texts(&mut self, root: &Path, tests: TestFiles) {
        let texts = tests.0.into_iter();
        self.sources
            .extend(texts.map(|(file, text)| (root.join(file).display().to_string(), text)));
    }
}

/// The rules' folder that `path` belongs to, and what of it is meant: rules are checked as a whole, since one imports
/// from others.
pub(crate) fn root_of(path: &Path, rules_dir: &Path) -> Result<(PathBuf, Option<String>), Failure> {
    let absolute = |path: &Path| {
        path.canonicalize().map_err(|error| {
            let what = anyhow::Error::new(error).context(format!("cannot read {}", path.display()));
            Failure::usage(what)
        })
    };
    let full = absolute(path)?;
    let inside = rules_dir
        .canonicalize()
        .ok()
        .and_then(|root| full.strip_prefix(root).ok().map(Path::to_owned));
    if let Some(below) = inside {
        let below = below.to_string_lossy().replace('\\', "/");
        return Ok((rules_dir.to_owned(), (!below.is_empty()).then_some(below)));
    }
    if full.is_dir() {
        return Ok((path.to_owned(), None));
    }
    // The last two parts of a rule's path are its name. The root as it was typed, where it was.
    let name: Vec<_> = full.iter().rev().take(2).collect();
    let typed = path.ancestors().nth(2).map(|root| match root.as_os_str() {
        here if here.is_empty() => Path::new("."),
        _ => root,
    });
    let root = typed.or_else(|| full.ancestors().nth(2));
    let (Some(root), [file, folder]) = (root, name.as_slice()) else {
        return Err(Failure::usage(anyhow::anyhow!(
            "{} does not lie in a folder of rules",
            path.display()
        )));
    };
    let only = format!("{}/{}", folder.to_string_lossy(), file.to_string_lossy());
    Ok((root.to_owned(), Some(only)))
}

fn print(found: &Found, errors: usize, colour: Colour) {
    output::text(&diagnostics::render_all(
        &found.diagnostics,
        &found.sources,
        colour,
    ));
    let warnings = found.diagnostics.len() - errors;
    let rules = count(found.rules, "rule");
    let verdict = match (errors, warnings) {
        (0, 0) => colour.paint("32", "ok"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    output::line(format!("checked {rules}: {verdict}"));
}

fn count(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}
