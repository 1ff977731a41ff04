//! The reference page of the configuration, made from the table.

use std::fmt::Write;

use super::setting::{Availability, Fallback, Secrecy, Setting};
use super::table::SETTINGS;

const HEAD: &str = "\
# Configuration

<!-- Made by `cuebook reference --write docs` from the table of settings. -->

Cuebook reads `cuebook.toml` in the folder that it is started in, or the file that `--config` or `CUEBOOK_CONFIG` names.
A dot in a key is a table of the file: `smtp.url` is `url` under `[smtp]`. Each value is overridden by its environment
variable; an empty variable counts as not set. An unknown key is an error.

Each setting marked *secret* can also be given as a file that holds it: `admin_key_file = \"/run/secrets/key\"`, or
`CUEBOOK_ADMIN_KEY_FILE=/run/secrets/key`.

`cuebook serve --print-config` shows the values in force and where each came from, secrets masked.

| key | environment | default | meaning |
|---|---|---|---|
";

const TAIL: &str = "
## Secrets of rules

`secret(\"CRM_TOKEN\")` in a rule means the environment variable `CUEBOOK_SECRET_CRM_TOKEN`, or the content of the file that
`CUEBOOK_SECRET_CRM_TOKEN_FILE` names, or else the secret of that name in the database. `CUEBOOK_SECRET_KEY` is none of
them: it is the setting `secret_key`.

## For commands that ask a running Cuebook

`cuebook trigger` and its like reach the server that this configuration describes, with the key in its data folder.
`CUEBOOK_URL` and `CUEBOOK_KEY` name another server and its key.
";

/// The page, as Markdown.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    for setting in SETTINGS {
        if setting.availability != Availability::Later {
            let _ = writeln!(page, "{}", row(setting));
        }
    }
    let later: Vec<String> = SETTINGS
        .iter()
        .filter(|setting| setting.availability == Availability::Later)
        .map(|setting| format!("`{}`", setting.key))
        .collect();
    let _ = writeln!(
        page,
        "\nThese names are kept for parts that this version does not have, and setting one is an error: {}.",
        later.join(", ")
    );
    page.push_str(TAIL);
    page
}

fn row(setting: &Setting) -> String {
    let secret = match setting.secrecy {
        Secrecy::Plain => "",
        Secrecy::Password | Secrecy::Secret => " *Secret.*",
    };
    let fallback = match setting.fallback {
        Fallback::None => "none".to_owned(),
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Derived(how) => how.to_owned(),
    };
    let env = setting
        .env
        .map_or_else(String::new, |name| format!("`{name}`"));
    format!(
        "| `{}` | {env} | {fallback} | {}{secret} |",
        setting.key, setting.doc
    )
}
