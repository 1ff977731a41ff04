//! The imports of a file, and which of them can be followed.

use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// The imports of a file: the path where it is a plain text, and the place.
pub(super) fn import_statements(ast: &AST) -> Vec<(Option<String>, Position)> {
    let mut imports = Vec::new();
    ast.walk(&mut |nodes: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Import(import, position))) = nodes.last() {
            let import = match &import.0 {
                Expr::StringConstant(path, position) => (Some(path.to_string()), *position),
                _ => (None, *position),
            };
            imports.push(import);
        }
        true
    });
    imports
}

/// Whether `path` names a file in `lib/`, plainly: no `..`, no empty parts.
pub(super) fn is_library(path: &str) -> bool {
    path.strip_prefix("lib/").is_some_and(|rest| {
        rest.split('/').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
    })
}

pub(super) fn place(position: Position) -> (usize, usize) {
    (
        position.line().unwrap_or(1),
        position.position().unwrap_or(1),
    )
}
