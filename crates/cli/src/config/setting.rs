//! What is known of one setting. The table of all of them stands in [`super::table`].

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
    /// All but the password in the URL.
    Password,
    /// Nothing.
    Secret,
}

/// Whether this version can do what a setting asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    /// It can.
    Now,
    /// It knows this value alone.
    Only(&'static str),
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
            Secrecy::Password => match url::Url::parse(text) {
                Ok(mut url) if url.password().is_some() => match url.set_password(Some("***")) {
                    Ok(()) => url.into(),
                    Err(()) => "***".to_owned(),
                },
                Ok(_) => text.to_owned(),
                Err(_) => "***".to_owned(),
            },
        }
    }
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
    }
}
