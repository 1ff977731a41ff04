//! The imports of a file: what each library defines, by the name that it has in the file.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTFlags, ASTNode, Expr, FnAccess, Position, Stmt};

use crate::program::Unit;

/// What a library defines.
#[derive(Debug, Default)]
pub(super) struct Defined {
    /// Its functions: the numbers of arguments that each takes.
    pub(super) functions: BTreeMap<String, BTreeSet<usize>>,
    /// Its constants.
    pub(super) constants: BTreeSet<String>,
}

/// One import.
#[derive(Debug)]
pub(super) struct Import {
    /// The name that it has in the file.
    pub(super) name: String,
    /// Where it is named.
    pub(super) position: Position,
    /// The library's path; `None` where it is not known.
    pub(super) path: Option<String>,
    /// What the library defines; `None` where the library is not known.
    pub(super) defined: Option<Defined>,
}

/// The imports of a file.
#[derive(Debug, Default)]
pub(super) struct Imports(pub(super) Vec<Import>);

impl Imports {
    /// The imports of a file, found among the libraries of the set.
    pub(super) fn of(ast: &AST, libraries: &BTreeMap<String, Unit>) -> Self {
        let mut imports = Vec::new();
        ast.walk(&mut |nodes: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(Stmt::Import(import, _))) = nodes.last() {
                let library = match &import.0 {
                    Expr::StringConstant(path, _) => {
                        libraries.get_key_value(&format!("{path}.rhai"))
                    }
                    _ => None,
                };
                imports.push(Import {
                    name: import.1.name.to_string(),
                    position: import.1.pos,
                    path: library.map(|(path, _)| path.clone()),
                    defined: library.map(|(_, unit)| defined(&unit.ast)),
                });
            }
            true
        });
        Self(imports)
    }

    /// The import of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Import> {
        self.0.iter().find(|import| import.name == name)
    }
}

fn defined(ast: &AST) -> Defined {
    let mut defined = Defined::default();
    let public = ast
        .iter_functions()
        .filter(|function| function.access == FnAccess::Public);
    for function in public {
        let counts = defined
            .functions
            .entry(function.name.to_owned())
            .or_default();
        counts.insert(function.params.len());
    }
    for statement in ast.statements() {
        if let Stmt::Var(var, flags, _) = statement
            && flags.contains(ASTFlags::EXPORTED)
        {
            defined.constants.insert(var.0.name.to_string());
        }
        if let Stmt::Export(names, _) = statement {
            defined.constants.insert(names.1.name.to_string());
            defined.constants.insert(names.0.name.to_string());
        }
    }
    defined
}
