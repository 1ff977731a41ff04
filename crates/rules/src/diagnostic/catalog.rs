//! Every code of a diagnostic: what it means, an example of the mistake, and its repair. One file a family; the
//! constants of [`super::code`], `cuebook check --explain` and the page of the reference are made of these.
//!
//! To add a code: an entry in its family, and a golden test in `tests/diagnostics`.

pub mod calls;
pub mod files;
pub mod flow;
pub mod head;
pub mod syntax;
pub mod templates;
pub mod tidy;
pub mod values;

use super::Severity;

/// What is known of one code.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code, such as `E0401`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it is wrong and what happens then, in sentences.
    pub why: &'static str,
    /// The file that the example would stand in; empty where there is none to show.
    pub file: &'static str,
    /// The mistake: a whole file.
    pub wrong: &'static str,
    /// The same file, repaired.
    pub right: &'static str,
}

impl Entry {
    /// How bad it is: the code's letter says so.
    pub fn severity(&self) -> Severity {
        if self.code.starts_with('E') {
            Severity::Error
        } else {
            Severity::Warning
        }
    }
}

/// A family of codes: its title, and its entries in the order of their codes.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What its mistakes are about.
    pub title: &'static str,
    /// Its codes.
    pub entries: &'static [Entry],
}

/// Every family, in the order of their codes.
pub const FAMILIES: &[Family] = &[
    syntax::FAMILY,
    head::FAMILY,
    calls::FAMILY,
    values::FAMILY,
    templates::FAMILY,
    files::FAMILY,
    flow::FAMILY,
    tidy::FAMILY,
];

/// All codes.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.iter().flat_map(|family| family.entries)
}

/// What is known of `code`, in capitals or not.
pub fn find(code: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// Makes the constants and the entries of a family.
macro_rules! codes {
    ($title:literal; $( $name:ident = $code:literal: $short:literal, $why:literal, $file:literal: $wrong:literal => $right:literal; )*) => {
        $(
            #[doc = $short]
            pub const $name: &str = $code;
        )*

        /// What is known of them.
        pub(super) const FAMILY: super::Family = super::Family {
            title: $title,
            entries: &[
                $( super::Entry { code: $code, title: $short, why: $why, file: $file, wrong: $wrong, right: $right } ),*
            ],
        };
    };
}
use codes;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_stands_once_in_its_order_and_has_a_letter_and_four_digits() {
        let codes: Vec<&str> = entries().map(|entry| entry.code).collect();
        let once: BTreeSet<&str> = codes.iter().map(|code| &code[1..]).collect();
        assert_eq!(once.len(), codes.len());
        assert!(codes.iter().map(|code| &code[1..]).is_sorted());
        for code in codes {
            assert!(code.starts_with(['E', 'W']) && code.len() == 5, "{code}");
            assert!(
                code[1..].bytes().all(|byte| byte.is_ascii_digit()),
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_is_found_in_any_case() {
        assert_eq!(find("e0401").unwrap().code, "E0401");
        assert!(find("E9999").is_none());
    }
}
