//! From the files of a rule to a [`Program`]: parses the rule and what it imports, each once.
//!
//! A library holds functions and constants only, so that importing it does nothing; it is made a module here, once, and
//! not in each pass.

mod imports;
mod syntax;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::limits;
use cuebook_core::rule::RuleName;
use rhai::{AST, ASTFlags, Scope, Stmt};

use self::imports::{import_statements, is_library, place};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::host::gauge;
use crate::host::modules::{self, Modules};
use crate::program::{Program, Unit};
use crate::templates::TemplateSet;

/// Compiles `rule` (its file is `<rule>.rhai`) with what it imports and the templates from `files`.
pub(crate) fn compile(
    engine: &Engine,
    rule: &RuleName,
    files: &RuleFiles,
) -> Result<Program, Vec<Diagnostic>> {
    let templates = TemplateSet::new(files, engine.0.settings.timezone)?;
    compile_with(engine, rule, files, Arc::new(templates))
}

/// The same with templates that were compiled before, as all rules of a set share them.
pub(crate) fn compile_with(
    engine: &Engine,
    rule: &RuleName,
    files: &RuleFiles,
    templates: Arc<TemplateSet>,
) -> Result<Program, Vec<Diagnostic>> {
    let _measuring = measure(engine);
    let mut compiler = Compiler::new(engine, files);
    let path = format!("{rule}.rhai");
    let entry = compiler.parse(&path);
    if let Some(ast) = &entry {
        compiler.imports(&path, ast);
    }
    match entry {
        Some(ast) if compiler.diagnostics.is_empty() => {
            let mut units = vec![Unit { path, ast }];
            units.append(&mut compiler.units);
            Ok(Program {
                rule: rule.clone(),
                units,
                modules: Arc::new(compiler.modules),
                templates,
            })
        }
        _ => Err(compiler.diagnostics),
    }
}

/// Compiles the library at `file` alone, with what it imports: so that the checker sees those that no rule imports.
pub(crate) fn library(
    engine: &Engine,
    file: &str,
    files: &RuleFiles,
) -> Result<Unit, Vec<Diagnostic>> {
    let _measuring = measure(engine);
    let mut compiler = Compiler::new(engine, files);
    let path = file.strip_suffix(".rhai").unwrap_or(file);
    compiler.library(path.to_owned(), file);
    match compiler.units.pop() {
        Some(unit) if compiler.diagnostics.is_empty() => Ok(unit),
        _ => Err(compiler.diagnostics),
    }
}

/// Compiles a file of tests, with the libraries that it imports. It belongs to no version.
pub(crate) fn test(
    engine: &Engine,
    path: &str,
    source: &[u8],
    files: &RuleFiles,
) -> Result<(AST, Arc<Modules>), Vec<Diagnostic>> {
    let _measuring = measure(engine);
    let mut compiler = Compiler::new(engine, files);
    let ast = compiler.parse_bytes(path, source);
    if let Some(ast) = &ast {
        compiler.imports(path, ast);
        compiler.only_definitions(path, ast);
    }
    match ast {
        Some(ast) if compiler.diagnostics.is_empty() => Ok((ast, Arc::new(compiler.modules))),
        _ => Err(compiler.diagnostics),
    }
}

/// A constant of a library is worked out while it is compiled, within the limits of a pass.
fn measure(engine: &Engine) -> gauge::Measuring {
    let settings = &engine.0.settings;
    gauge::begin(&settings.limits, settings.memory)
}

struct Compiler<'a> {
    engine: &'a rhai::Engine,
    files: &'a RuleFiles,
    /// The libraries that are being compiled, outermost first.
    open: Vec<String>,
    units: Vec<Unit>,
    modules: Modules,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    fn new(engine: &'a Engine, files: &'a RuleFiles) -> Self {
        Self {
            engine: &engine.0.rhai,
            files,
            open: Vec::new(),
            units: Vec::new(),
            modules: BTreeMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Parses a file.
    fn parse(&mut self, path: &str) -> Option<AST> {
        let Some(bytes) = self.files.0.get(path) else {
            self.report(Diagnostic::error(
                path,
                code::IMPORT,
                "there is no such file",
            ));
            return None;
        };
        self.parse_bytes(path, bytes)
    }

    /// Parses what is in a file.
    fn parse_bytes(&mut self, path: &str, bytes: &[u8]) -> Option<AST> {
        if bytes.len() > limits::SOURCE {
            let limit = limits::SOURCE / 1024;
            self.report(Diagnostic::error(
                path,
                code::TOO_LONG,
                format!("the file is longer than {limit} KiB"),
            ));
            return None;
        }
        let Ok(source) = std::str::from_utf8(bytes) else {
            self.report(Diagnostic::error(
                path,
                code::NOT_UTF8,
                "the file is not UTF-8",
            ));
            return None;
        };
        match self.engine.compile(source) {
            Ok(mut ast) => {
                ast.set_source(path);
                Some(ast)
            }
            Err(error) => {
                let diagnostic = syntax::diagnose(self.engine, path, source, &error);
                self.report(diagnostic);
                None
            }
        }
    }

    /// Compiles what `ast` imports.
    fn imports(&mut self, file: &str, ast: &AST) {
        for (path, position) in import_statements(ast) {
            let (line, column) = place(position);
            let at = |diagnostic: Diagnostic, length| diagnostic.at(line, column, length);
            let Some(path) = path else {
                self.report(at(
                    Diagnostic::error(
                        file,
                        code::IMPORT,
                        "an import's path has to be a plain text",
                    )
                    .with_help("write `import \"lib/name\" as name;`"),
                    1,
                ));
                continue;
            };
            let length = path.chars().count() + 2;
            let target = format!("{path}.rhai");
            if !is_library(&path) {
                self.report(at(
                    Diagnostic::error(
                        file,
                        code::IMPORT,
                        format!("{path:?} is no library: only what is in `lib/` can be imported"),
                    )
                    .with_help("write `import \"lib/name\" as name;` for the file `lib/name.rhai`"),
                    length,
                ));
            } else if self.open.contains(&path) {
                self.report(at(
                    Diagnostic::error(
                        file,
                        code::IMPORT_CIRCLE,
                        format!("{path:?} imports itself, over {}", self.open.join(", ")),
                    ),
                    length,
                ));
            } else if !self.files.0.contains_key(&target) {
                self.report(at(
                    Diagnostic::error(file, code::IMPORT, format!("there is no file {target:?}")),
                    length,
                ));
            } else if !self.modules.contains_key(&path) {
                self.library(path, &target);
            }
        }
    }

    /// Compiles a library and makes it a module.
    fn library(&mut self, path: String, file: &str) {
        let Some(ast) = self.parse(file) else {
            return;
        };
        if self.units.iter().any(|unit| unit.path == file) {
            return;
        }
        self.open.push(path);
        let before = self.diagnostics.len();
        self.imports(file, &ast);
        let path = self.open.pop().unwrap_or_default();
        self.only_definitions(file, &ast);
        if before == self.diagnostics.len() {
            self.module(path, file, &ast);
        }
        self.units.push(Unit {
            path: file.to_owned(),
            ast,
        });
    }

    fn module(&mut self, path: String, file: &str, ast: &AST) {
        let imports = modules::enter(Arc::new(self.modules.clone()));
        let module = rhai::Module::eval_ast_as_new(Scope::new(), ast, self.engine);
        drop(imports);
        match module {
            Ok(module) => {
                self.modules.insert(path, module.into());
            }
            Err(mut error) => {
                let (line, column) = place(error.take_position());
                self.report(
                    Diagnostic::error(
                        file,
                        code::LIBRARY_STATEMENT,
                        format!("a constant cannot be worked out: {error}"),
                    )
                    .at(line, column, 1),
                );
            }
        }
    }

    /// Reports whatever is neither a function nor a constant.
    fn only_definitions(&mut self, file: &str, ast: &AST) {
        for statement in ast.statements() {
            let harmless = match statement {
                Stmt::Noop(_) | Stmt::Import(..) | Stmt::Export(..) => true,
                Stmt::Var(_, flags, _) => flags.contains(ASTFlags::CONSTANT),
                _ => false,
            };
            if !harmless {
                let (line, column) = place(crate::check::start_of_statement(statement));
                self.report(
                    Diagnostic::error(
                        file,
                        code::LIBRARY_STATEMENT,
                        "a library holds functions and constants only",
                    )
                    .at(line, column, 1)
                    .with_help("move this into a function"),
                );
            }
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
