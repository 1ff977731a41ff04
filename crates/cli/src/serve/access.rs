//! Who may come in: the API's key and the webhook's token, configured or made at the first start, and the key that
//! secrets are encrypted with.

use std::fs;

use anyhow::{Context, bail};
use cuebook_core::keys::token_hash;
use cuebook_core::secret::SecretText;
use cuebook_core::{Account, Chance};
use cuebook_server::keys;
use cuebook_store::{HookTokenRow, NewApiKey, SecretKey, Store};

use crate::config::Config;
use crate::data_folder::{ADMIN_KEY, DataFolder, HOOK_TOKEN, Kept, SECRET_KEY};

use super::url::{database_url, sqlite_file};

/// The name of the hook token that the configuration or the data folder gives.
const HOOK_NAME: &str = "default";
/// So many of them are good: the present one, and the one before until Ticketpark has the new address.
const TOKENS_ALIVE: usize = 2;

/// What lets somebody in.
#[derive(Debug)]
pub(super) struct Access {
    /// The API's key.
    pub(super) admin_key: Held,
    /// The webhook's token.
    pub(super) hook_token: Held,
}

/// A key, and where it came from.
#[derive(Debug)]
pub(super) enum Held {
    /// The configuration gave it.
    Configured(SecretText),
    /// It is kept in the data folder.
    Kept(Kept),
}

impl Held {
    /// The key itself.
    pub(super) fn text(&self) -> &SecretText {
        match self {
            Self::Configured(text) => text,
            Self::Kept(kept) => &kept.text,
        }
    }

    /// The key, if this start made it: the one time that it is shown.
    pub(super) fn new_text(&self) -> Option<&SecretText> {
        match self {
            Self::Kept(Kept { text, is_new: true }) => Some(text),
            Self::Kept(_) | Self::Configured(_) => None,
        }
    }
}

impl Access {
    /// The configured keys, else those of the data folder, made if they are not there.
    pub(super) fn prepare(
        config: &Config,
        folder: &DataFolder,
        chance: &dyn Chance,
    ) -> anyhow::Result<Self> {
        let held = |configured: &Option<SecretText>, file, make: &dyn Fn() -> SecretText| {
            anyhow::Ok(match configured {
                Some(text) => Held::Configured(text.clone()),
                None => Held::Kept(folder.key_or_make(file, make)?),
            })
        };
        Ok(Self {
            admin_key: held(&config.admin_key, ADMIN_KEY, &|| {
                keys::generate(chance).text
            })?,
            hook_token: held(&config.hook_token, HOOK_TOKEN, &|| {
                SecretText::new(hex::encode(chance.bytes()))
            })?,
        })
    }

    /// Makes the store know both. The key always has the same id, so that a new one takes the place of the former; of the
    /// tokens the former is good for one more change.
    pub(super) async fn grant(&self, store: &Store) -> anyhow::Result<()> {
        let key = NewApiKey {
            id: keys::CONFIGURED_ID.to_owned(),
            name: "admin".to_owned(),
            hash: token_hash(self.admin_key.text().reveal()),
            scopes: vec!["admin".to_owned()],
            expires_at: None,
        };
        store
            .add_api_key(key)
            .await
            .context("cannot store the admin key")?;
        let token = token_hash(self.hook_token.text().reveal());
        store
            .add_hook_token(HOOK_NAME, &Account::default(), token)
            .await
            .context("cannot store the hook token")?;
        store
            .retire_hook_tokens(HOOK_NAME, token, TOKENS_ALIVE)
            .await
            .context("cannot retire former hook tokens")?;
        let tokens = store.list_hook_tokens().await?;
        let id = HookTokenRow::id_of(&token);
        let retired = |row: &HookTokenRow| row.id == id && row.retired_at.is_some();
        if tokens.iter().any(retired) {
            tracing::warn!(
                %id,
                "the configured hook token was retired by hand: what comes with it is refused. Configure another one, or `cuebook tokens restore`"
            );
        }
        Ok(())
    }
}

/// The key that secrets are encrypted with.
pub(crate) fn secret_key(
    config: &Config,
    folder: &DataFolder,
    chance: &dyn Chance,
) -> anyhow::Result<SecretKey> {
    let (text, source) = if let Some(text) = &config.secret_key {
        (text.clone(), "`secret_key`".to_owned())
    } else {
        refuse_new_key(config, folder)?;
        let make = || SecretText::new(SecretKey::generate(chance).to_hex().as_str());
        let kept = folder.key_or_make(SECRET_KEY, make)?;
        (kept.text, folder.path(SECRET_KEY).display().to_string())
    };
    SecretKey::from_hex(text.reveal()).with_context(|| format!("{source} cannot be used"))
}

/// A database that is there belongs to a key: a new one would fit it as little as any other.
fn refuse_new_key(config: &Config, folder: &DataFolder) -> anyhow::Result<()> {
    let url = database_url(config, folder);
    let Some(database) = sqlite_file(url.reveal()) else {
        return Ok(());
    };
    let is_used = fs::metadata(&database).is_ok_and(|file| file.len() > 0);
    if is_used && folder.key(SECRET_KEY)?.is_none() {
        bail!(
            "the database {} is there, but not the secret key that it belongs to: put it into {}, or set `secret_key`",
            database.display(),
            folder.path(SECRET_KEY).display()
        );
    }
    Ok(())
}

/// The same, where it was made before.
pub(crate) fn existing_secret_key(
    config: &Config,
    folder: &DataFolder,
) -> anyhow::Result<Option<SecretKey>> {
    let text = match &config.secret_key {
        Some(text) => Some(text.clone()),
        None => folder.key(SECRET_KEY)?,
    };
    text.map(|text| SecretKey::from_hex(text.reveal()).context("the secret key cannot be used"))
        .transpose()
}

#[cfg(test)]
mod tests {
    use cuebook_core::chance::SystemChance;

    use super::*;
    use crate::config::{Environment, Gathered};

    fn config(environment: &Environment) -> Config {
        Config::read(&Gathered::read(None, environment).unwrap()).unwrap()
    }

    #[test]
    fn what_is_made_at_the_first_start_is_shown_then_only() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(dir.path()).unwrap();
        let config = config(&Environment::of([]));
        let chance = SystemChance::default();
        let first = Access::prepare(&config, &folder, &chance).unwrap();
        let second = Access::prepare(&config, &folder, &chance).unwrap();
        let shown = first.admin_key.new_text().unwrap().reveal();
        assert_eq!(shown, second.admin_key.text().reveal());
        assert!(second.admin_key.new_text().is_none());
        assert!(second.hook_token.new_text().is_none());
        let key = |folder| secret_key(&config, folder, &chance).unwrap().id();
        assert_eq!(key(&folder), key(&folder));
    }

    #[tokio::test]
    async fn a_changed_token_leaves_the_former_good_and_those_before_it_retired() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(dir.path()).unwrap();
        let chance = std::sync::Arc::new(SystemChance::default());
        let clock = std::sync::Arc::new(cuebook_core::clock::SystemClock);
        let store = Store::open(cuebook_store::StoreSettings {
            database_url: format!("sqlite://{}", dir.path().join("c.db").display()),
            secret_key: SecretKey::generate(&*chance),
            lease: cuebook_store::StoreSettings::LEASE,
            clock,
            chance: chance.clone(),
        });
        let store = store.await.unwrap();
        let tokens = ["a", "b", "c"].map(|letter| letter.repeat(32));
        for token in &tokens {
            let environment = Environment::of([("CUEBOOK_HOOK_TOKEN", token.as_str())]);
            let access = Access::prepare(&config(&environment), &folder, &*chance).unwrap();
            access.grant(&store).await.unwrap();
        }
        let retired = tokens.map(|token| {
            let known = store.known_hook_token(&token_hash(&token));
            known.unwrap().retired
        });
        assert_eq!(retired, [true, false, false]);
        store.close().await;
    }

    #[test]
    fn configured_keys_are_neither_written_nor_shown() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(dir.path()).unwrap();
        let key = "k".repeat(32);
        let config = config(&Environment::of([
            ("CUEBOOK_ADMIN_KEY", key.as_str()),
            ("CUEBOOK_HOOK_TOKEN", key.as_str()),
        ]));
        let access = Access::prepare(&config, &folder, &SystemChance::default()).unwrap();
        assert_eq!(access.admin_key.text().reveal(), key);
        assert!(access.admin_key.new_text().is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
