//! A code explained: what it means, an example, and its repair.

use super::Severity;
use super::catalog;

/// What `code` means, with an example of the mistake and its repair; `None` where there is no such code.
pub fn explain(code: &str) -> Option<String> {
    let entry = catalog::find(code)?;
    let severity = match entry.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let head = format!(
        "{severity}[{}]: {}\n\n{}\n",
        entry.code, entry.title, entry.why
    );
    if entry.file.is_empty() {
        return Some(format!(
            "{head}\nInstead of {}: {}.\n",
            entry.wrong, entry.right
        ));
    }
    let same = entry.wrong == entry.right;
    let moved = "Move the file into the folder of a type that is known, such as `new-payment/`.\n";
    let repaired = if same {
        moved.to_owned()
    } else {
        format!("Repaired:\n\n{}", indented(entry.right))
    };
    let wrong = indented(entry.wrong);
    Some(format!(
        "{head}\nWrong, in `{}`:\n\n{wrong}\n{repaired}",
        entry.file
    ))
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {line}\n"));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained_with_its_mistake_and_its_repair() {
        let text = explain("w0404").unwrap();
        assert!(
            text.starts_with("warning[W0404]: a decimal is compared with a text\n"),
            "{text}"
        );
        assert!(
            text.contains("    if event.payload.amount == \"50.00\""),
            "{text}"
        );
        assert!(
            text.contains("Repaired:\n\n    if event.payload.amount == 50.00 "),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_code_is_not_explained() {
        assert_eq!(explain("E9999"), None);
        assert_eq!(explain(""), None);
    }
}
