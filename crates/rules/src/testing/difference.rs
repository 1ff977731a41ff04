//! Comparing values as tests do, and showing where they differ.

use cuebook_core::value::Value;
use rust_decimal::Decimal;
use similar::TextDiff;

use super::literal::pretty;

/// Whether two values are equal: numbers as numbers, whatever their kind and scale.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(int), Value::Decimal(decimal)) | (Value::Decimal(decimal), Value::Int(int)) => {
            Decimal::from(*int) == *decimal
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((a, left), (b, right))| a == b && equal(left, right))
        }
        _ => a == b,
    }
}

/// A hint where two values look alike and are of two kinds: `50` and `"50"`.
pub(super) fn kinds_hint(a: &Value, b: &Value) -> Option<String> {
    let text = |value: &Value| cuebook_core::event_wait::comparable(value);
    let alike = text(a).is_some() && text(a) == text(b);
    alike.then(|| {
        format!(
            "they look alike, but the left is of kind {} and the right of kind {}",
            a.kind(),
            b.kind()
        )
    })
}

/// Two values line by line: `-` is only left, `+` only right.
pub(super) fn lines(left: &Value, right: &Value) -> Vec<String> {
    line_difference(&pretty(left), &pretty(right))
}

/// Two texts line by line: `-` is only left, `+` only right.
pub fn line_difference(left: &str, right: &str) -> Vec<String> {
    let difference = TextDiff::from_lines(left, right);
    let shown = difference.iter_all_changes().map(|change| {
        let line = change.value().trim_end_matches('\n');
        format!("{} {line}", change.tag())
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_as_numbers_and_texts_are_none() {
        let money = Value::Decimal("50.00".parse().unwrap());
        assert!(equal(&Value::Int(50), &money));
        assert!(equal(
            &Value::from([("a", Value::Array(vec![money.clone()]))]),
            &Value::from([("a", Value::Array(vec![Value::Int(50)]))])
        ));
        assert!(!equal(&Value::from("50.00"), &money));
        assert!(
            kinds_hint(&Value::from("50.00"), &money)
                .unwrap()
                .contains("string")
        );
        assert_eq!(kinds_hint(&Value::Int(1), &Value::Int(2)), None);
    }

    #[test]
    fn only_what_differs_is_marked() {
        let value = |to: &str| {
            let long = "a text that is long enough for the map to take several lines";
            Value::from([("subject", Value::from(long)), ("to", Value::from(to))])
        };
        let shown = lines(&value("tom"), &value("ann"));
        assert_eq!(
            shown,
            [
                "  #{",
                "      subject: \"a text that is long enough for the map to take several lines\",",
                "-     to: \"tom\",",
                "+     to: \"ann\",",
                "  }",
            ]
        );
    }
}
