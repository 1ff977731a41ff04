//! The filters that templates have beside the usual ones: `date`, `datetime`, `time` and `money`.

use chrono_tz::Tz;
use cuebook_core::clock::Timestamp;
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind, State};
use rust_decimal::Decimal;

use super::values::{Exact, Instant, LOCALE};
use crate::localize::{self, Style};
use crate::{suggest, zoned};

/// Adds the filters. Times are written in `zone`, unless a template says another.
pub(super) fn add(environment: &mut Environment<'static>, zone: Tz) {
    for (name, style) in [
        ("date", Style::Date),
        ("datetime", Style::DateTime),
        ("time", Style::Time),
    ] {
        environment.add_filter(
            name,
            move |state: &mut State<'_, '_>,
                  value: Value,
                  named: Option<String>,
                  options: Kwargs| {
                date(state, &value, named, &options, style, zone)
            },
        );
    }
    environment.add_filter("money", money);
}

/// `{{ at|date }}`, `{{ at|date("long") }}`, `{{ at|date(timezone="Europe/London", locale="en") }}`.
fn date(
    state: &State<'_, '_>,
    value: &Value,
    named: Option<String>,
    options: &Kwargs,
    style: Style,
    zone: Tz,
) -> Result<String, Error> {
    let style = match named.or(options.get("style")?) {
        None => style,
        Some(name) => Style::named(&name).ok_or_else(|| {
            let help = suggest::help(&name, Style::NAMES, "styles").unwrap_or_default();
            let name = suggest::shown(&name);
            invalid(format!("there is no style `{name}` of dates; {help}"))
        })?,
    };
    let zone = match options.get::<Option<String>>("timezone")? {
        None => zone,
        Some(name) => zoned::zone(&name).ok_or_else(|| {
            let name = suggest::shown(&name);
            invalid(format!(
                "there is no time zone `{name}`: write one such as Europe/Zurich"
            ))
        })?,
    };
    let locale = locale(state, options)?;
    options.assert_all_used()?;
    if value.is_none() {
        return Ok(String::new());
    }
    let at = instant(value, zone)?;
    Ok(localize::date(at.with_timezone(&zone), style, &locale))
}

/// `{{ amount|money("CHF") }}`, `{{ amount|money("EUR", locale="de-DE") }}`.
#[expect(clippy::needless_pass_by_value, reason = "filters own their arguments")]
fn money(
    state: &mut State<'_, '_>,
    value: Value,
    currency: String,
    options: Kwargs,
) -> Result<String, Error> {
    let locale = locale(state, &options)?;
    options.assert_all_used()?;
    if value.is_none() {
        return Ok(String::new());
    }
    Ok(localize::money(amount(&value)?, &currency, &locale))
}

fn locale(state: &State<'_, '_>, options: &Kwargs) -> Result<String, Error> {
    let given: Option<String> = options.get("locale")?;
    let own = || {
        state
            .lookup(LOCALE)
            .and_then(|locale| locale.as_str().map(str::to_owned))
    };
    Ok(given.or_else(own).unwrap_or_default())
}

fn instant(value: &Value, zone: Tz) -> Result<Timestamp, Error> {
    defined(value)?;
    if let Some(instant) = value.downcast_object_ref::<Instant>() {
        return Ok(instant.0);
    }
    value
        .as_str()
        .and_then(|text| zoned::parse(text, zone))
        .ok_or_else(|| {
            let value = value.to_string();
            let value = suggest::shown(&value);
            invalid(format!(
                "`{value}` is no time: give one such as 2026-11-24T19:30:00+01:00"
            ))
        })
}

fn amount(value: &Value) -> Result<Decimal, Error> {
    defined(value)?;
    if let Some(exact) = value.downcast_object_ref::<Exact>() {
        return Ok(exact.0);
    }
    let int = value
        .as_i64()
        .filter(|_| value.is_integer())
        .map(Decimal::from);
    int.or_else(|| cuebook_core::value::decimal(value.as_str()?))
        .ok_or_else(|| {
            let value = value.to_string();
            let value = suggest::shown(&value);
            invalid(format!("`{value}` is no amount: give one such as 50.00"))
        })
}

/// An error that names the variable, where there is none.
fn defined(value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        // Asking an undefined value for a member gives the engine's own error, which knows where it came from.
        value.get_attr("value")?;
    }
    Ok(())
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
