//! Templates: languages, escaping, missing variables, bounds.

use cuebook_core::value::decimal;

use super::*;

fn files(files: &[(&str, &str)]) -> RuleFiles {
    RuleFiles(
        files
            .iter()
            .map(|(name, text)| (format!("templates/{name}"), text.as_bytes().to_vec()))
            .collect(),
    )
}

fn set(all: &[(&str, &str)]) -> TemplateSet {
    TemplateSet::new(&files(all), Tz::Europe__Zurich).unwrap()
}

fn said(all: &[(&str, &str)]) -> Vec<String> {
    TemplateSet::new(&files(all), Tz::Europe__Zurich)
        .unwrap_err()
        .iter()
        .map(Diagnostic::to_string)
        .collect()
}

fn render(text: &str, data: &Value) -> Result<String, CallError> {
    Ok(set(&[("t.de.txt", text)])
        .render("t", "de", "txt", data)?
        .unwrap())
}

fn data() -> Value {
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T18:30:00Z").unwrap();
    Value::from([
        ("amount", Value::Decimal(decimal("1234.50").unwrap())),
        ("at", Value::Time(at.to_utc())),
        ("start", Value::from("2019-08-11T12:00:00+0200")),
        ("company", Value::Unit),
        ("key", Value::Secret("CRM".to_owned())),
        ("name", Value::from("<Tom>")),
        ("seats", Value::Array(vec![Value::Int(1), Value::Int(2)])),
        ("customer", Value::from([("firstname", Value::from("Tom"))])),
    ])
}

#[test]
fn values_print_as_they_are() {
    assert_eq!(
        render(
            "{{ amount }} {{ at }} {{ seats|join('+') }} {{ customer.firstname }}",
            &data()
        )
        .unwrap(),
        "1234.50 2026-11-24T18:30:00Z 1+2 Tom"
    );
}

#[test]
fn what_is_empty_prints_nothing_and_a_secret_a_mask() {
    assert_eq!(
        render("[{{ company }}] {{ key }}", &data()).unwrap(),
        "[] ***"
    );
}

#[test]
fn times_and_amounts_fit_the_locale_of_the_file() {
    let text = "{{ at|date }} {{ at|datetime }} {{ at|time }} {{ start|date('long') }} {{ amount|money('CHF') }}";
    let set = set(&[("t.de.txt", text), ("t.en.txt", text)]);
    assert_eq!(
        set.render("t", "de-CH", "txt", &data()).unwrap().unwrap(),
        "24.11.2026 24.11.2026, 19:30 19:30 Sonntag, 11. August 2019 CHF 1'234.50"
    );
    assert_eq!(
        set.render("t", "en", "txt", &data()).unwrap().unwrap(),
        "24/11/2026 24/11/2026, 19:30 19:30 Sunday, 11 August 2019 CHF 1,234.50"
    );
}

#[test]
fn a_filter_takes_zone_locale_and_style() {
    assert_eq!(
        render(
            "{{ at|datetime(timezone='Asia/Tokyo', locale='fr') }} {{ at|date(style='longtime') }}",
            &data()
        )
        .unwrap(),
        "25.11.2026, 03:30 Dienstag, 24. November 2026, 19:30"
    );
}

#[test]
fn only_html_is_escaped() {
    let set = set(&[("t.de.html", "{{ name }}"), ("t.de.subject", "{{ name }}")]);
    let render = |part| set.render("t", "de", part, &data()).unwrap().unwrap();
    assert_eq!(render("html"), "&lt;Tom&gt;");
    assert_eq!(render("subject"), "<Tom>");
}

#[test]
fn a_missing_variable_is_an_error_with_its_name_file_and_line() {
    for (text, name) in [
        ("x\n{{ customer.lastname }}", "customer.lastname"),
        ("x\n{% if custmer %}y{% endif %}", "custmer"),
        ("x\n{{ strt|date }}", "strt"),
        ("x\n{{ amunt|money('CHF') }}", "amunt"),
    ] {
        let error = render(text, &data()).unwrap_err();
        assert_eq!(error.kind, "template");
        assert_eq!(
            error.message,
            format!("templates/t.de.txt, line 2: `{name}` is undefined"),
            "{text}"
        );
    }
}

#[test]
fn what_a_filter_cannot_use_says_what_it_takes() {
    for (text, message) in [
        ("{{ name|date }}", "is no time"),
        ("{{ name|money('CHF') }}", "is no amount"),
        ("{{ at|date('lang') }}", "did you mean `long`?"),
        (
            "{{ at|date(timezone='Zurich') }}",
            "there is no time zone `Zurich`",
        ),
        ("{{ at|date(zone='UTC') }}", "zone"),
    ] {
        let error = render(text, &data()).unwrap_err();
        assert!(error.message.contains(message), "{text}: {}", error.message);
    }
}

#[test]
fn templates_include_and_extend_each_other_and_nothing_else() {
    let set = set(&[
        (
            "layout.html",
            "<b>{% block body %}{% endblock %}</b>{% include 'parts/foot.html' %}",
        ),
        ("parts/foot.html", "{{ locale }}{{ customer.lastnam }}"),
        (
            "t.de.html",
            "{% extends 'layout.html' %}{% block body %}{{ name }}{% endblock %}",
        ),
        ("u.de.txt", "{% include name %}"),
    ]);
    let error = set.render("t", "de", "html", &data()).unwrap_err();
    assert_eq!(
        error.message,
        "templates/parts/foot.html, line 1: `customer.lastnam` is undefined"
    );
    let error = set.render("u", "de", "txt", &data()).unwrap_err();
    assert!(error.message.contains("<Tom>"), "{}", error.message);
}

#[test]
fn a_template_that_works_too_much_is_stopped() {
    for text in [
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        "{% set n = namespace(x='0123456789') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ] {
        let error = render(text, &data()).unwrap_err();
        assert!(
            error.message.starts_with("templates/t.de.txt, line 1"),
            "{}",
            error.message
        );
    }
}

#[test]
fn what_a_template_writes_and_holds_is_bounded() {
    let big = Value::from([("big", Value::from("0123456789".repeat(50_000)))]);
    for text in [
        "{% for i in range(10000) %}{{ big }}{% endfor %}",
        "{% for i in range(5) %}{{ big }}{% endfor %}",
        "{% for i in range(10000) %}{% set x %}{{ big }}{% endset %}{% endfor %}",
        "{% set x = big ~ big ~ big ~ big %}{% set y = x ~ x ~ x %}{{ y|length }}",
        r#"{{ ("a" * 100000000)|length }}"#,
        r"{{ ([1] * 100000000)|list|length }}",
        "{{ big|replace('0', big)|length }}",
        "{{ big|list|join(big)|length }}",
        "{{ range(100000)|list|sort|length }}",
        "{{ ('%1000000000d'|format(1))|length }}",
        r#"{{ "a\na"|indent(1000000000) }}"#,
        "{{ big|date }}",
        "{{ (big ~ 'x')|money('CHF') }}",
    ] {
        let begun = std::time::Instant::now();
        let Err(error) = render(text, &big) else {
            panic!("{text}");
        };
        assert!(begun.elapsed().as_secs() < 2, "{text}");
        assert_eq!(error.kind, "template", "{text}");
        assert!(error.message.len() < 500, "{text}");
    }
}

#[test]
fn an_unknown_template_is_none_and_wrong_data_an_error() {
    let set = set(&[("t.de.txt", "x")]);
    assert_eq!(set.render("u", "de", "txt", &Value::Unit).unwrap(), None);
    assert_eq!(set.render("t", "de", "html", &Value::Unit).unwrap(), None);
    assert_eq!(set.render("t", "it", "txt", &Value::Unit).unwrap(), None);
    let error = set.render("t", "de", "txt", &Value::Int(1)).unwrap_err();
    assert_eq!(
        error.message,
        "the data of a template is a map, not integer"
    );
}

#[test]
fn what_is_wrong_with_a_template_is_said_before_it_is_used() {
    assert_eq!(
        said(&[("t.de.txt", "a\n{% if x %}")])[0]
            .split_once("read: ")
            .unwrap()
            .0,
        "templates/t.de.txt:2:1: error[E0502]: the template cannot be "
    );
    assert_eq!(
        said(&[
            ("foot.html", "x"),
            ("t.de.html", "\nab{% include 'fot.html' %}")
        ]),
        [
            "templates/t.de.html:2:15: error[E0501]: there is no template `fot.html` (did you mean `foot.html`?)"
        ]
    );
    let binary = RuleFiles([("templates/logo.png".to_owned(), vec![b'\n', 0xff])].into());
    let said = TemplateSet::new(&binary, Tz::UTC).unwrap_err();
    assert_eq!((said[0].code, said[0].line), ("E0103", 2));
    let long = "x".repeat(crate::files::TEMPLATE + 1);
    let said = TemplateSet::new(&files(&[("t.de.txt", &long)]), Tz::UTC).unwrap_err();
    assert_eq!(said[0].code, "E0102");
}

#[test]
fn a_part_that_may_be_missing_is_no_finding() {
    let all = [("t.de.txt", "{% include 'foot.txt' ignore missing %}x")];
    assert_eq!(
        set(&all)
            .render("t", "de", "txt", &Value::Unit)
            .unwrap()
            .unwrap(),
        "x"
    );
}
