//! The configuration file without its secrets. Written anew from its values, since a comment may hold a former password.

use toml::{Table, Value};

use crate::config;

/// What stands in the place of a secret. A start with it is refused by its key's name.
pub(crate) const LEFT_OUT: &str = "left out of the backup";

/// The values of a configuration file without the secrets among them; `None` for what is no TOML.
pub(super) fn without_secrets(text: &str) -> Option<String> {
    let mut table: Table = toml::from_str(text).ok()?;
    mask("", &mut table);
    let values = toml::to_string_pretty(&table).ok()?;
    Some(format!(
        "# Written by `cuebook backup`: comments and secrets are left out.\n{values}"
    ))
}

fn mask(prefix: &str, table: &mut Table) {
    for (name, value) in table.iter_mut() {
        let key = format!("{prefix}{name}");
        match value {
            Value::Table(inner) => mask(&format!("{key}."), inner),
            Value::String(text) if config::is_secret(&key, text) => {
                LEFT_OUT.clone_into(text);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_comments_are_left_out_and_everything_else_stays() {
        let text = r#"
            # admin_key = "hunter1hunter1hunter1hunter1hunter1"
            listen = "127.0.0.1:9000"
            secret_key = "hunter2"
            database_url = "postgres://u:hunter3@h/db"
            smtp = { url = "smtps://box:hunter4@mail.example.ch", from = "box@example.ch" }
            egress.allow = ["localhost:9000"]
            [ticketpark]
            client_key = "public"
            client_secret_file = "/run/secrets/ticketpark"
        "#;
        let masked = without_secrets(text).unwrap();
        assert!(!masked.contains("hunter"), "{masked}");
        let table: Table = toml::from_str(&masked).unwrap();
        assert_eq!(table["secret_key"].as_str(), Some(LEFT_OUT));
        assert_eq!(table["smtp"]["url"].as_str(), Some(LEFT_OUT));
        assert_eq!(table["smtp"]["from"].as_str(), Some("box@example.ch"));
        assert_eq!(table["listen"].as_str(), Some("127.0.0.1:9000"));
        assert_eq!(table["egress"]["allow"][0].as_str(), Some("localhost:9000"));
        let file = &table["ticketpark"]["client_secret_file"];
        assert_eq!(
            file.as_str(),
            Some("/run/secrets/ticketpark"),
            "a path is no secret"
        );
    }

    #[test]
    fn a_database_without_a_password_is_no_secret() {
        let masked = without_secrets("database_url = \"sqlite://x.db\"").unwrap();
        assert!(masked.contains("sqlite://x.db"), "{masked}");
    }
}
