//! What is known of one setting. The table of all of them stands in [`super::table`].

use url::Url;

/// One setting of Cuebook.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Its key in `cuebook.toml`, with dots between tables.
    pub(crate) key: &'static str,
    /// The environment variable that overrides it.
    pub(crate) env: Option<&'static str>,
    /// What holds where nobody says anything.
    pub(crate) fallback: Fallback,
    /// How much of it may be shown.
    pub(crate) secrecy: Secrecy,
    /// Whether this version can do what it asks for.
    pub(crate) availability: Availability,
    /// What it means, in a sentence or two.
    pub(crate) doc: &'static str,
}

/// What holds where nobody says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// Nothing.
    None,
    /// This value.
    Value(&'static str),
    /// What follows from other settings or is made at the first start; the text says how.
    Derived(&'static str),
}

/// How much of a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// All of it.
    Plain,
    /// All but the password in the URL, which may also stand in its query.
    Password,
    /// Nothing.
    Secret,
}

/// Whether this version can do what a setting asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    /// It can.
    Now,
    /// It cannot yet.
    Later,
}

impl Setting {
    /// A setting with nothing special about it, to be completed.
    pub(crate) const PLAIN: Self = Self {
        key: "",
        env: None,
        fallback: Fallback::None,
        secrecy: Secrecy::Plain,
        availability: Availability::Now,
        doc: "",
    };

    /// Whether it may be given as a file that holds it.
    pub(crate) fn takes_file(&self) -> bool {
        self.secrecy != Secrecy::Plain
    }

    /// `text` as it may be shown.
    pub(crate) fn masked(&self, text: &str) -> String {
        match self.secrecy {
            Secrecy::Plain => text.to_owned(),
            Secrecy::Secret => "***".to_owned(),
            Secrecy::Password => without_password(text).unwrap_or_else(|| "***".to_owned()),
        }
    }
}

/// The parameters of URLs whose values may be shown; any other may be a password, under whatever name.
const HARMLESS: &[&str] = &["mode", "sslmode", "tls"];

/// A URL with its password masked, and so the values of its query; `None` for what is no URL.
fn without_password(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    let hidden = |name: &str| !HARMLESS.contains(&name);
    let hides = url.query_pairs().any(|(name, _)| hidden(&name));
    if url.password().is_none() && url.fragment().is_none() && !hides {
        return Some(text.to_owned());
    }
    if url.password().is_some() {
        url.set_password(Some("***")).ok()?;
    }
    url.set_fragment(None);
    if hides {
        let pairs = url.query_pairs().map(|(name, value)| {
            let value = if hidden(&name) { "***" } else { &value };
            format!("{name}={value}")
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        url.set_query(Some(&query));
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_does_not_show() {
        let setting = Setting {
            secrecy: Secrecy::Password,
            ..Setting::PLAIN
        };
        let shown = setting.masked("smtps://box:hunter2@mail.example.ch:465");
        assert_eq!(shown, "smtps://box:***@mail.example.ch:465");
        assert_eq!(setting.masked("sqlite://data/x.db"), "sqlite://data/x.db");
        assert_eq!(setting.masked("no url hunter2"), "***");
        for (url, shown) in [
            (
                "postgres://h/db?user=u&password=hunter2&sslmode=require",
                "postgres://h/db?user=***&password=***&sslmode=require",
            ),
            (
                "postgres://u:hunter2@h/db?passwd=hunter2",
                "postgres://u:***@h/db?passwd=***",
            ),
            ("smtp://mail.ch?tls=required", "smtp://mail.ch?tls=required"),
            ("postgres://h/db#hunter2", "postgres://h/db"),
        ] {
            assert_eq!(setting.masked(url), shown);
        }
    }
}
