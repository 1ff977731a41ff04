//! The templates of a rule's version.

use cuebook_core::CallError;
use cuebook_core::function::Templates;
use cuebook_core::value::Value;

use crate::diagnostic::Diagnostic;
use crate::files::RuleFiles;

/// The templates of a rule's version.
#[derive(Debug, Default)]
pub(crate) struct TemplateSet;

impl TemplateSet {
    /// Parses the templates in `files`.
    pub(crate) fn new(_files: &RuleFiles) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self)
    }
}

impl Templates for TemplateSet {
    fn render(
        &self,
        _name: &str,
        _locale: &str,
        _part: &str,
        _data: &Value,
    ) -> Result<Option<String>, CallError> {
        Ok(None)
    }

    fn locales(&self, _name: &str) -> Vec<String> {
        Vec::new()
    }
}
