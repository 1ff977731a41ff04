//! What a call is given: kinds, lengths of time, and the keys of options.

use cuebook_core::function::{OptionKey, ParameterKind};
use rhai::{Expr, Ident};

use super::super::kind::Kind;
use super::super::walk::{Walker, start_of};
use super::calls::Call;
use crate::diagnostic::code;
use crate::{duration, suggest};

/// The options that may hold secrets.
const CARRY_SECRETS: &[&str] = &["auth", "headers"];

impl<'a> Walker<'a> {
    /// An argument, or the value of an option, against what may be given.
    pub(super) fn given(
        &mut self,
        call: &Call<'a>,
        what: &str,
        parameter: ParameterKind,
        required: bool,
        expr: &'a Expr,
    ) {
        let kind = self.kind_of(expr);
        let Some(label) = kind.label() else {
            return;
        };
        if kind == Kind::Unit && (!required || matches!(parameter, ParameterKind::Any)) {
            return;
        }
        if kind == Kind::Secret && !matches!(parameter, ParameterKind::TextOrSecret) {
            return self.secret_as_text(expr);
        }
        if !kind.fits(parameter) {
            return self.does_not_fit(what, parameter, &kind, label, expr);
        }
        match (parameter, self.made_of(expr)) {
            (ParameterKind::Options(keys), Expr::Map(map, _)) => self.options(call, keys, &map.0),
            (ParameterKind::Duration, Expr::StringConstant(text, _)) => {
                let text = text
                    .strip_prefix('-')
                    .filter(|_| call.name == "time::add")
                    .unwrap_or(text);
                if let Err(error) = duration::parse(text) {
                    let diagnostic = self
                        .error(code::DURATION, start_of(expr), format!("{what}: {error}"))
                        .with_help_if(meant(text));
                    self.found.push(diagnostic);
                }
            }
            (ParameterKind::Any | ParameterKind::Map, Expr::Map(map, _)) => self.no_secrets(&map.0),
            _ => {}
        }
    }

    fn does_not_fit(
        &mut self,
        what: &str,
        parameter: ParameterKind,
        kind: &Kind,
        label: &'static str,
        expr: &'a Expr,
    ) {
        let is_length = matches!(parameter, ParameterKind::Duration);
        let code = if is_length {
            code::DURATION
        } else {
            code::ARGUMENT_KIND
        };
        let message = format!("{what} has to be {}, and is {label}", parameter.label());
        let help = match (parameter, kind, expr) {
            (ParameterKind::Duration, Kind::Int, Expr::IntegerConstant(number, _)) => {
                Some(format!(
                    "write it with its unit: `\"{number}s\"`, `\"{number}m\"`, `\"{number}h\"` or `\"{number}d\"`"
                ))
            }
            (ParameterKind::Duration, ..) => {
                Some("write a text such as `\"30s\"` or `\"14d\"`".to_owned())
            }
            (
                ParameterKind::Text | ParameterKind::TextOrTexts,
                Kind::Int | Kind::Decimal | Kind::Time,
                _,
            ) => Some("put it into a text: `${…}` in backticks".to_owned()),
            (ParameterKind::Time, kind, _) if kind.is_text() => {
                Some("make a time of it with `time::parse(…)`".to_owned())
            }
            (ParameterKind::Array, ..) => Some("write it in brackets: `[…]`".to_owned()),
            _ => None,
        };
        let label = kind.noun().unwrap_or_default();
        let diagnostic = self
            .error(code, start_of(expr), message)
            .with_label(format!("this is {label}"))
            .with_help_if(help);
        let diagnostic = self.whole(diagnostic, expr);
        self.found.push(diagnostic);
    }

    /// A map of options that is plain to see.
    fn options(
        &mut self,
        call: &Call<'a>,
        keys: &'static [OptionKey],
        members: &'a [(Ident, Expr)],
    ) {
        let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        for (ident, expr) in members {
            let name = ident.as_str();
            if let Some(key) = keys.iter().find(|key| key.name == name) {
                if !(CARRY_SECRETS.contains(&name) && matches!(key.kind, ParameterKind::Map)) {
                    let what = format!("`{name}` of `{}`", call.name);
                    self.given(call, &what, key.kind, false, expr);
                }
                continue;
            }
            let message = format!("`{}` has no key `{}`", call.name, suggest::shown(name));
            let diagnostic = self
                .error(code::UNKNOWN_KEY, ident.pos, message)
                .with_help_if(suggest::help(name, &known, "it knows"));
            self.found.push(diagnostic);
        }
        for key in keys.iter().filter(|key| key.required) {
            if !members.iter().any(|(ident, _)| ident.as_str() == key.name) {
                let message = format!("`{}` needs the key `{}`", call.name, key.name);
                let help = format!("add `{}: …`: {}", key.name, lowered(key.doc));
                self.about(call, code::MISSING_KEY, message, Some(help));
            }
        }
    }

    fn no_secrets(&mut self, members: &'a [(Ident, Expr)]) {
        for (_, value) in members {
            if self.kind_of(value) == Kind::Secret {
                self.secret_as_text(value);
            }
        }
    }
}

/// The length of time that a text most likely means.
fn meant(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let unit = text.trim().get(digits.len()..)?.trim().to_ascii_lowercase();
    let unit = match unit.as_str() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hour" | "hours" | "hr" | "hrs" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        _ => return None,
    };
    (!digits.is_empty()).then(|| format!("write `\"{digits}{unit}\"`"))
}

/// A sentence as it goes on behind a colon.
fn lowered(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string());
    let rest = chars.as_str().trim_end_matches('.');
    first.unwrap_or_default() + rest
}
