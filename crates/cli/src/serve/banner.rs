//! What `serve` prints once it is ready: where to go, and, at the first start alone, the keys.

use std::env;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::config::{Config, Role, RulesSource};
use crate::data_folder::{ADMIN_KEY, DataFolder, HOOK_TOKEN, SECRET_KEY};
use crate::output::Colour;

use super::access::{Access, Held};

/// What the banner tells.
pub(super) struct Banner<'a> {
    /// The configuration.
    pub(super) config: &'a Config,
    /// The data folder.
    pub(super) folder: &'a DataFolder,
    /// Keys and tokens.
    pub(super) access: &'a Access,
    /// The public URL.
    pub(super) url: &'a str,
    /// How many rules run.
    pub(super) rules: usize,
    /// Whether it is a demo.
    pub(super) demo: bool,
    /// Why effects are captured, if they are.
    pub(super) captured: Option<&'static str>,
    /// What an operator has paused, in words.
    pub(super) paused: Option<String>,
}

impl Banner<'_> {
    /// The text.
    pub(super) fn text(&self, colour: Colour) -> String {
        let mut text = format!(
            "{}\n\n",
            colour.paint(
                "1",
                &format!("Cuebook {} is ready.", env!("CARGO_PKG_VERSION"))
            )
        );
        match self.config.role {
            Role::All => self.say_where_to_go(&mut text),
            Role::Ingest => {
                self.say_where_to_go(&mut text);
                row(&mut text, "role", "ingest: receives, and runs no rule");
            }
            Role::Worker => {
                row(
                    &mut text,
                    "role",
                    "worker: runs rules, and receives nothing",
                );
                row(&mut text, "health", &format!("{}/readyz", self.url));
            }
        }
        if let Some(key) = self.access.admin_key.new_text() {
            row(&mut text, "key", key.reveal());
        }
        let source = match self.config.rules_source {
            RulesSource::Folder => self.config.rules_dir.display().to_string(),
            RulesSource::Database => "the database".to_owned(),
        };
        let rules = format!("{} from {source}", self.rules);
        row(&mut text, "rules", &rules);
        if let Some(why) = self.captured {
            row(&mut text, "effects", why);
        }
        if let Some(paused) = &self.paused {
            let line =
                format!("PAUSED: {paused}. Webhooks are stored; `cuebook resume` lets it go on.");
            let _ = writeln!(text, "\n{}", colour.paint("1;31", &line));
        }
        text.push('\n');
        self.say_where_keys_are(&mut text);
        if self.demo {
            self.say_what_to_try(&mut text);
        }
        text
    }

    fn say_where_to_go(&self, text: &mut String) {
        let token = self.access.hook_token.new_text();
        let token = token.map_or_else(|| "<token>".to_owned(), |token| token.reveal().to_owned());
        let webhook = format!("{}/hooks/ticketpark/{token}", self.url);
        row(text, "webhook", &webhook);
        row(text, "API", &format!("{}/api/v1", self.url));
        row(text, "docs", &format!("{}/docs", self.url));
    }

    fn say_where_keys_are(&self, text: &mut String) {
        let file = |held: &Held, name| match held {
            Held::Kept(_) => Some(self.folder.path(name).display().to_string()),
            Held::Configured(_) => None,
        };
        let key = file(&self.access.admin_key, ADMIN_KEY);
        let token = file(&self.access.hook_token, HOOK_TOKEN);
        let is_new = self.access.admin_key.new_text().is_some()
            || self.access.hook_token.new_text().is_some();
        if is_new {
            text.push_str("These keys are shown this once.");
        }
        match (key, token) {
            (Some(key), Some(token)) => {
                let _ = writeln!(text, " The key is kept in {key}, the token in {token}.");
            }
            (Some(key), None) => {
                let _ = writeln!(text, " The key is kept in {key}.");
            }
            (None, Some(token)) => {
                let _ = writeln!(text, " The token is kept in {token}.");
            }
            (None, None) => {}
        }
        if is_new && self.config.secret_key.is_none() {
            let _ = writeln!(
                text,
                "{} encrypts stored secrets: keep a copy elsewhere.",
                self.folder.path(SECRET_KEY).display()
            );
        }
    }

    fn say_what_to_try(&self, text: &mut String) {
        let data = &self.config.data_dir;
        let mut command = this_command();
        if data != Path::new("data") {
            command = format!("CUEBOOK_DATA_DIR={} {command}", data.display());
        }
        let key = match &self.access.admin_key {
            Held::Kept(_) => format!("$(cat {})", self.folder.path(ADMIN_KEY).display()),
            Held::Configured(_) => "$CUEBOOK_ADMIN_KEY".to_owned(),
        };
        let _ = write!(
            text,
            "
A pretend Ticketpark answers, with made-up customers. Nothing leaves this machine.
In another terminal, a customer books, and a mail is made:

  {command} trigger new-booking

It prints the run, its steps, and where the mail is. To read the newest effects, and a mail as it would be sent:

  curl -s -H \"Authorization: Bearer {key}\" {url}/api/v1/effects
  curl -s -H \"Authorization: Bearer {key}\" {url}/api/v1/effects/<id>/message

",
            url = self.url
        );
    }
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name:<9}{value}");
}

/// How this program is called from the folder that it was started in.
fn this_command() -> String {
    let Ok(program) = env::current_exe() else {
        return "cuebook".to_owned();
    };
    let here: PathBuf = env::current_dir().unwrap_or_default();
    program
        .strip_prefix(here)
        .unwrap_or(&program)
        .display()
        .to_string()
}
