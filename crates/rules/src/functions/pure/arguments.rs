//! The arguments of a pure function. They were checked against its parameters before, so it takes them as they are.

use cuebook_core::CallError;
use cuebook_core::value::Value;

/// Arguments that were checked. One that was left out or is `()` is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments<'a> {
    pub(super) values: &'a [Value],
    /// The line of the call.
    pub(super) line: Option<u32>,
}

impl<'a> Arguments<'a> {
    /// The argument at `index`.
    pub(super) fn get(&self, index: usize) -> Option<&'a Value> {
        self.values
            .get(index)
            .filter(|value| **value != Value::Unit)
    }

    /// The argument at `index`, `()` if it is none.
    pub(super) fn value(&self, index: usize) -> &'a Value {
        self.values.get(index).unwrap_or(&Value::Unit)
    }

    /// The text at `index`, if there is one.
    pub(super) fn text_if(&self, index: usize) -> Option<&'a str> {
        self.get(index).and_then(Value::as_text)
    }

    /// The text at `index`.
    pub(super) fn text(&self, index: usize) -> &'a str {
        self.text_if(index).unwrap_or_default()
    }

    /// The items of the array at `index`.
    pub(super) fn array(&self, index: usize) -> &'a [Value] {
        self.get(index)
            .and_then(Value::as_array)
            .unwrap_or_default()
    }

    /// The bytes of the text or blob at `index`.
    pub(super) fn bytes(&self, index: usize) -> Result<&'a [u8], CallError> {
        match self.value(index) {
            Value::Text(text) => Ok(text.as_bytes()),
            Value::Bytes(bytes) => Ok(bytes),
            other => Err(CallError::invalid(format!(
                "takes a string or a blob, not {}",
                other.kind()
            ))),
        }
    }
}
