//! Amounts: `CHF 1'234.50`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::parts;

/// Currencies that have no smaller unit.
const WHOLE: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
/// Currencies whose smaller unit is a thousandth.
const THOUSANDTHS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

struct Format {
    group: &'static str,
    point: &'static str,
    currency_first: bool,
}

/// `amount` of `currency` (an ISO 4217 code) as people of `locale` write it, rounded to the currency's smallest unit.
pub(crate) fn money(amount: Decimal, currency: &str, locale: &str) -> String {
    let currency = currency.trim().to_uppercase();
    let digits = if WHOLE.contains(&currency.as_str()) {
        0
    } else if THOUSANDTHS.contains(&currency.as_str()) {
        3
    } else {
        2
    };
    let format = format_of(locale);
    let rounded = amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    let text = format!(
        "{:.*}",
        usize::try_from(digits).unwrap_or_default(),
        rounded.abs()
    );
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut number = String::new();
    if rounded.is_sign_negative() && !rounded.is_zero() {
        number.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            number.push_str(format.group);
        }
        number.push(digit);
    }
    if !fraction.is_empty() {
        number.push_str(format.point);
        number.push_str(fraction);
    }
    match (currency.is_empty(), format.currency_first) {
        (true, _) => number,
        (false, true) => format!("{currency} {number}"),
        (false, false) => format!("{number} {currency}"),
    }
}

fn format_of(locale: &str) -> Format {
    let (language, country) = parts(locale);
    let (group, point, currency_first) = match (language.as_str(), country.as_str()) {
        (_, "ch" | "li") | ("de" | "it" | "fr" | "rm", "") => ("'", ".", true),
        ("en", _) => (",", ".", true),
        ("de", "at") => (".", ",", true),
        ("fr", _) => ("\u{202f}", ",", false),
        ("de" | "it" | "es" | "nl" | "pt" | "da", _) => (".", ",", false),
        _ => ("'", ".", true),
    };
    Format {
        group,
        point,
        currency_first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(amount: &str, currency: &str, locale: &str) -> String {
        money(amount.parse().unwrap(), currency, locale)
    }

    #[test]
    fn swiss_amounts_have_apostrophes_and_two_digits() {
        assert_eq!(written("1234.5", "CHF", "de"), "CHF 1'234.50");
        assert_eq!(written("1234567", "chf", "fr-CH"), "CHF 1'234'567.00");
        assert_eq!(written("999.999", "CHF", "it"), "CHF 1'000.00");
        assert_eq!(written("-50.00", "CHF", "de"), "CHF -50.00");
        assert_eq!(written("-0.001", "CHF", "de"), "CHF 0.00");
        assert_eq!(written("0", "CHF", ""), "CHF 0.00");
    }

    #[test]
    fn other_countries_have_their_own_way() {
        assert_eq!(written("1234.5", "EUR", "de-DE"), "1.234,50 EUR");
        assert_eq!(written("1234.5", "EUR", "fr-FR"), "1\u{202f}234,50 EUR");
        assert_eq!(written("1234.5", "USD", "en-US"), "USD 1,234.50");
    }

    #[test]
    fn the_currency_says_how_many_digits() {
        assert_eq!(written("1234.5", "JPY", "de"), "JPY 1'235");
        assert_eq!(written("1.2345", "KWD", "de"), "KWD 1.235");
        assert_eq!(written("12", "", "de"), "12.00");
    }
}
