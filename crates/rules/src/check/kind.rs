//! The kinds of values, as far as a look at the script tells: where it does not, a kind is unknown and nothing is said.

use cuebook_core::events::{EventDescriptor, Field, FieldKind};
use cuebook_core::function::{Answer, ParameterKind};

/// What is known of the types that an event may have; nothing if any of them is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Types(pub(super) Vec<&'static EventDescriptor>);

impl PartialEq for Types {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Eq for Types {}

impl Types {
    /// Their names.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|descriptor| descriptor.name).collect()
    }

    /// The fields that payloads of any of them have.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.0.iter().flat_map(|descriptor| descriptor.fields)
    }
}

/// The kind of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything.
    Unknown,
    /// `()`.
    Unit,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A decimal.
    Decimal,
    /// A text.
    Text,
    /// A text that is a pid.
    Pid,
    /// The text that is an event's type.
    TypeName,
    /// A time.
    Time,
    /// An array, and what is in it.
    Array(Box<Kind>),
    /// A map with any keys.
    Map,
    /// A map that Ticketpark answered: its pids are texts.
    Record,
    /// The answer of an HTTP call.
    Http,
    /// A secret.
    Secret,
    /// A closure, or a pointer to a function.
    Function,
    /// An event of one of these types.
    Event(Types),
    /// The payload of such an event.
    Payload(Types),
    /// The answer of a send, which is nothing.
    Sent(&'static str),
}

impl Kind {
    /// The kind in a word; `None` where it is unknown.
    pub(super) fn label(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => return None,
            Self::Unit | Self::Sent(_) => "`()`",
            Self::Bool => "bool",
            Self::Int => "integer",
            Self::Decimal => "decimal",
            Self::Text | Self::Pid | Self::TypeName => "string",
            Self::Time => "time",
            Self::Array(_) => "array",
            Self::Map | Self::Record | Self::Payload(_) => "map",
            Self::Http => "answer of a call",
            Self::Secret => "secret",
            Self::Function => "function",
            Self::Event(_) => "event",
        })
    }

    /// The kind with its article; `None` where it is unknown.
    pub(super) fn noun(&self) -> Option<String> {
        let label = self.label()?;
        let article = match label.chars().next() {
            Some('`') => return Some(label.to_owned()),
            Some('a' | 'e' | 'i' | 'o') => "an",
            _ => "a",
        };
        Some(format!("{article} {label}"))
    }

    /// Whether it is some text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Pid | Self::TypeName)
    }

    /// Whether it is some number.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Decimal)
    }

    /// Whether a value of this kind may be given where `parameter` stands.
    pub(super) fn fits(&self, parameter: ParameterKind) -> bool {
        if *self == Self::Unknown {
            return true;
        }
        match parameter {
            ParameterKind::Text | ParameterKind::Duration => self.is_text(),
            ParameterKind::TextOrTexts => match self {
                Self::Array(item) => **item == Self::Unknown || item.is_text(),
                one => one.is_text(),
            },
            ParameterKind::TextOrSecret => self.is_text() || *self == Self::Secret,
            ParameterKind::Int => *self == Self::Int,
            ParameterKind::Bool => *self == Self::Bool,
            ParameterKind::Time => *self == Self::Time,
            ParameterKind::Array => matches!(self, Self::Array(_)),
            ParameterKind::Map | ParameterKind::Options(_) => matches!(
                self,
                Self::Map | Self::Record | Self::Payload(_) | Self::Event(_) | Self::Http
            ),
            ParameterKind::Any => true,
        }
    }

    /// The kind of a field of a payload.
    pub(super) fn of_field(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Pid => Self::Pid,
            FieldKind::Pids => Self::Array(Box::new(Self::Pid)),
            FieldKind::Amount => Self::Decimal,
        }
    }

    /// The kind of what a described function gives back.
    pub(super) fn of_answer(answer: Answer) -> Self {
        match answer {
            Answer::Unit => Self::Unit,
            Answer::Text => Self::Text,
            Answer::Int => Self::Int,
            Answer::Bool => Self::Bool,
            Answer::Time => Self::Time,
            Answer::Map => Self::Map,
            Answer::Array => Self::Array(Box::new(Self::Unknown)),
            Answer::Http => Self::Http,
            Answer::Any => Self::Unknown,
        }
    }

    /// The kind that a pure function's descriptor names in a word.
    pub(super) fn of_word(word: &str) -> Self {
        match word {
            "string" => Self::Text,
            "integer" => Self::Int,
            "decimal" => Self::Decimal,
            "bool" => Self::Bool,
            "time" => Self::Time,
            "map" => Self::Map,
            "array" => Self::Array(Box::new(Self::Unknown)),
            _ => Self::Unknown,
        }
    }

    /// The kind of what is one of both.
    pub(super) fn or(self, other: &Self) -> Self {
        match (self, other) {
            (one, other) if one == *other => one,
            (one, other) if one.is_text() && other.is_text() => Self::Text,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_fits_everywhere() {
        for parameter in [ParameterKind::Text, ParameterKind::Int, ParameterKind::Map] {
            assert!(Kind::Unknown.fits(parameter));
        }
        assert!(!Kind::Int.fits(ParameterKind::Text));
        assert!(!Kind::Secret.fits(ParameterKind::Text));
        assert!(Kind::Pid.fits(ParameterKind::TextOrSecret));
    }

    #[test]
    fn of_two_kinds_the_common_one_is_left() {
        assert_eq!(Kind::Pid.or(&Kind::Text), Kind::Text);
        assert_eq!(Kind::Int.or(&Kind::Int), Kind::Int);
        assert_eq!(Kind::Int.or(&Kind::Unit), Kind::Unknown);
    }
}
