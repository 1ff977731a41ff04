//! The page of the diagnostics, made from their codes.

use super::{add, cell};
use crate::diagnostic::Severity;
use crate::diagnostic::catalog::{Entry, FAMILIES};

/// What stands above the tables.
const HEAD: &str = "# Diagnostics

Made by `cuebook` from the codes of its checker. The same checker looks at rules in `cuebook check`, `test`, `serve` and `dev` and in
`POST /api/v1/rules/check`. `cuebook check --explain E0401` says in the terminal what stands here.

A code that begins with `E` is an error: such a set is not taken. One that begins with `W` is a warning: most likely the rule does not do
what its author wants. Where a warning is wrong, or a matter of taste:

- a name that begins with `_` may be unused: `let _answer = …`, `fn _later() { … }`;
- `// cuebook: allow(W0701)` behind a line, or alone above it, allows the warning there; several codes stand with commas;
- `// cuebook: allow-file(W0701)` anywhere in a file allows it in the whole file.

`cuebook check --deny-warnings` exits with 1 on warnings too.
";

/// `docs/reference/diagnostics.md`: every code, with what it means, the mistake and its repair.
pub fn diagnostics_page() -> String {
    let mut page = HEAD.to_owned();
    for family in FAMILIES {
        add(
            &mut page,
            format_args!(
                "\n## {}\n\n| code | what is wrong | mistake | repair |\n|---|---|---|---|\n",
                family.title
            ),
        );
        for entry in family.entries {
            row(&mut page, entry);
        }
        for entry in family.entries {
            section(&mut page, entry);
        }
    }
    page
}

fn row(page: &mut String, entry: &Entry) {
    let (wrong, right) = if entry.file.is_empty() {
        (entry.wrong.to_owned(), entry.right.to_owned())
    } else if entry.wrong == entry.right {
        (
            format!("`{}`", entry.file),
            "`new-payment/example.rhai`".to_owned(),
        )
    } else {
        (
            differing(entry.wrong, entry.right),
            differing(entry.right, entry.wrong),
        )
    };
    let code = entry.code;
    add(
        page,
        format_args!(
            "| [{code}](#{}) | {} | {} | {} |\n",
            code.to_lowercase(),
            cell(entry.title),
            cell(&wrong),
            cell(&right)
        ),
    );
}

fn section(page: &mut String, entry: &Entry) {
    let severity = match entry.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    add(
        page,
        format_args!(
            "\n### {}\n\n*{severity}: {}.* {}\n",
            entry.code, entry.title, entry.why
        ),
    );
    if entry.file.is_empty() || entry.wrong == entry.right {
        return;
    }
    let is_template = entry.file.starts_with("templates/");
    let language = if is_template { "" } else { "rhai" };
    add(
        page,
        format_args!(
            "\n```{language}\n{}\n```\n\nRepaired:\n\n```{language}\n{}\n```\n",
            entry.wrong.trim_end(),
            entry.right.trim_end()
        ),
    );
}

/// The lines of one text that another does not have; the whole text where that has all of them.
fn differing(text: &str, other: &str) -> String {
    let known: Vec<&str> = other.lines().collect();
    let own: Vec<&str> = text.lines().filter(|line| !known.contains(line)).collect();
    if own.is_empty() {
        return "(leave it out)".to_owned();
    }
    let lines: Vec<String> = own.iter().map(|line| code(line.trim())).collect();
    lines.join("<br>")
}

/// A line as code in a cell: one that holds backticks stands in two.
fn code(line: &str) -> String {
    if line.contains('`') {
        format!("`` {line} ``")
    } else {
        format!("`{line}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::catalog::entries;

    #[test]
    fn each_code_has_its_row_and_its_section() {
        let page = diagnostics_page();
        for entry in entries() {
            assert!(
                page.contains(&format!("\n| [{}](#", entry.code)),
                "{}",
                entry.code
            );
            assert!(
                page.contains(&format!("\n### {}\n", entry.code)),
                "{}",
                entry.code
            );
        }
        assert!(entries().count() >= 25);
    }

    #[test]
    fn a_row_shows_the_lines_that_differ() {
        assert_eq!(differing("a;\nb == 1;", "a;\nb = 1;"), "`b == 1;`");
        assert_eq!(differing("a;", "a;\nb;"), "(leave it out)");
        assert_eq!(differing("`${x}`", ""), "`` `${x}` ``");
    }
}
