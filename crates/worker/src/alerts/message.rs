//! What operators read.

use std::fmt::Write as _;

use cuebook_core::Value;
use cuebook_core::alert::Alert;
use cuebook_core::value::rfc3339;

use super::AlertSettings;

/// The mail, as `email::send` takes it.
pub(super) fn mail(settings: &AlertSettings, alerts: &[Alert]) -> Value {
    let to = settings.email.iter().map(|to| Value::from(to.as_str()));
    Value::from([
        ("to", Value::Array(to.collect())),
        ("together", Value::Bool(true)),
        ("subject", Value::from(subject(alerts))),
        ("text", Value::from(text(settings, alerts))),
    ])
}

fn subject(alerts: &[Alert]) -> String {
    match alerts {
        [alert] => format!("Cuebook: {}", alert.title()),
        _ => format!("Cuebook: {} alerts", alerts.len()),
    }
}

fn text(settings: &AlertSettings, alerts: &[Alert]) -> String {
    let mut text = String::new();
    for alert in alerts {
        text.push_str(&alert.title());
        let since = rfc3339(alert.raised_at);
        // Writing into a text cannot fail.
        let _ = match alert.resolved_at {
            Some(at) => write!(text, "\nFrom {since} to {}.\n\n", rfc3339(at)),
            None => write!(text, "\nSince {since}. {}\n\n", alert.trouble.detail),
        };
    }
    text.push_str(&settings.url);
    text.push('\n');
    text
}

/// For programs; `text` is what chats show.
pub(super) fn message(settings: &AlertSettings, alerts: &[Alert]) -> Value {
    let titles: Vec<String> = alerts.iter().map(Alert::title).collect();
    Value::from([
        (
            "text",
            Value::from(format!("Cuebook: {}\n{}", titles.join("; "), settings.url)),
        ),
        ("url", Value::from(settings.url.as_str())),
        ("alerts", Value::Array(alerts.iter().map(one).collect())),
    ])
}

fn one(alert: &Alert) -> Value {
    let trouble = &alert.trouble;
    Value::from([
        ("id", Value::from(alert.id.to_string())),
        ("kind", Value::from(trouble.kind.as_str())),
        ("about", Value::from(trouble.about.as_str())),
        (
            "number",
            Value::Int(i64::try_from(trouble.number).unwrap_or(i64::MAX)),
        ),
        ("title", Value::from(alert.title())),
        ("detail", Value::from(trouble.detail.as_str())),
        ("raised_at", Value::from(rfc3339(alert.raised_at))),
        (
            "resolved_at",
            alert
                .resolved_at
                .map_or(Value::Unit, |at| Value::from(rfc3339(at))),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use cuebook_core::Timestamp;
    use cuebook_core::alert::{AlertKind, Trouble};

    use super::*;

    fn alert(over: bool) -> Alert {
        let at = Timestamp::from_timestamp(1_773_513_000, 0).unwrap();
        Alert {
            id: uuid::Uuid::nil(),
            trouble: Trouble {
                kind: AlertKind::RunFailed,
                about: "new-booking/thanks".to_owned(),
                number: 3,
                detail: "Look at them.".to_owned(),
            },
            raised_at: at,
            seen_at: at,
            resolved_at: over.then_some(at),
            told_at: None,
            error: None,
        }
    }

    #[test]
    fn a_mail_says_in_its_subject_what_is_wrong_and_in_its_text_what_to_do() {
        assert_eq!(
            subject(&[alert(false)]),
            "Cuebook: 3 runs of new-booking/thanks failed"
        );
        assert_eq!(subject(&[alert(false), alert(true)]), "Cuebook: 2 alerts");
        let settings = AlertSettings {
            url: "https://cuebook.example".to_owned(),
            ..AlertSettings::default()
        };
        let text = text(&settings, &[alert(false), alert(true)]);
        assert!(
            text.contains("Since 2026-03-14T18:30:00Z. Look at them."),
            "{text}"
        );
        assert!(text.contains("over: 3 runs"), "{text}");
        assert!(text.ends_with("https://cuebook.example\n"), "{text}");
    }
}
