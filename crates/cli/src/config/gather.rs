//! Gathers what file and environment say, each value with where it came from. Unknown keys and settings of parts that
//! this version lacks are errors here; what a value means is read in [`super::values`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::setting::{Availability, Fallback, Setting};
use super::suggest::{nearest, nearly_same};
use super::table::{OTHER_VARIABLES, SCRIPT_SECRET, SETTINGS, setting};
use super::{ConfigError, Environment, file};
use crate::backup::LEFT_OUT;

/// Variables such as `CUEBOOK_TRUST_NEW_BOOKING` give `trust.new-booking`.
const TRUST: &str = "CUEBOOK_TRUST_";
const TRUST_KEY: &str = "trust.<type>";
/// The configuration file that is read where it exists and none is named.
const DEFAULT_FILE: &str = "cuebook.toml";

/// The values that were given, and where.
#[derive(Debug)]
pub(crate) struct Gathered {
    given: BTreeMap<&'static str, Given>,
    /// Those of settings that share one key, such as `trust.<type>`, by key and what stands in the place of `<type>`.
    families: BTreeMap<(&'static str, String), Given>,
    /// The configuration file that was read.
    file: Option<PathBuf>,
}

/// One value that was given.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The value.
    pub(super) text: String,
    /// Where it stands, as a person finds it: a variable, or a file.
    pub(super) origin: String,
}

impl Gathered {
    /// What the configuration file (the one named, else `CUEBOOK_CONFIG`, else `cuebook.toml` if there is one) and the
    /// environment say.
    pub(crate) fn read(
        named: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut gathered = Self {
            given: BTreeMap::new(),
            families: BTreeMap::new(),
            file: None,
        };
        let named = named
            .map(Path::to_owned)
            .or_else(|| environment.get("CUEBOOK_CONFIG").map(PathBuf::from));
        match named {
            Some(path) => gathered.take_file(&path)?,
            None if Path::new(DEFAULT_FILE).exists() => {
                gathered.take_file(Path::new(DEFAULT_FILE))?;
            }
            None => {}
        }
        gathered.take_environment(environment)?;
        gathered.refuse_unavailable()?;
        Ok(gathered)
    }

    /// The value of `key` in force, if any, and where it came from.
    pub(super) fn value(&self, key: &'static str) -> Option<Given> {
        self.given.get(key).cloned().or_else(|| {
            let Fallback::Value(text) = setting(key)?.fallback else {
                return None;
            };
            Some(Given {
                text: text.to_owned(),
                origin: "default".to_owned(),
            })
        })
    }

    /// The value of `key` in force, if any, as `read` has it; `read` says what is wrong with a text.
    pub(super) fn read_value<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(Given { text, origin }) = self.value(key) else {
            return Ok(None);
        };
        read(&text)
            .map(Some)
            .map_err(|why| ConfigError::Invalid { key, origin, why })
    }

    /// The configuration file that was read, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The values of the settings that share `key`, with what stands in the place of `<type>`.
    pub(super) fn family(&self, key: &'static str) -> impl Iterator<Item = (&str, &Given)> {
        self.families
            .iter()
            .filter(move |((of, _), _)| *of == key)
            .map(|((_, member), given)| (member.as_str(), given))
    }

    /// Whether somebody gave `key` a value.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    fn take_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        self.file = Some(path.to_owned());
        for (key, text) in file::read(path)? {
            let (setting, text) = match (setting(&key), setting_of_file(&key)) {
                (Some(setting), _) => (setting, text),
                (None, Some(setting)) => (setting, read_secret(Path::new(&text), &key)?),
                (None, None) => {
                    return Err(ConfigError::UnknownKey {
                        path: path.to_owned(),
                        nearest: nearest(&key, SETTINGS.iter().map(|s| s.key)).map(str::to_owned),
                        key,
                    });
                }
            };
            let origin = path.display().to_string();
            if text == LEFT_OUT {
                let why = "it is a secret that is not in backups: set it again".to_owned();
                let key = setting.key;
                return Err(ConfigError::Invalid { key, origin, why });
            }
            let given = Given { text, origin };
            if let Some(member) = member_of(setting, &key) {
                self.families.insert((setting.key, member), given);
                continue;
            }
            if self.given.insert(setting.key, given).is_some() && setting.takes_file() {
                return Err(ConfigError::Twice {
                    name: setting.key.to_owned(),
                    name_of_file: format!("{}_file", setting.key),
                });
            }
        }
        Ok(())
    }

    fn take_environment(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        for setting in SETTINGS {
            let Some(name) = setting.env else { continue };
            let name_of_file = format!("{name}_FILE");
            let file = environment
                .get(&name_of_file)
                .filter(|_| setting.takes_file());
            let (text, origin) = match (environment.get(name), file) {
                (Some(_), Some(_)) => {
                    return Err(ConfigError::Twice {
                        name: name.to_owned(),
                        name_of_file,
                    });
                }
                (Some(text), None) => (text.to_owned(), name.to_owned()),
                (None, Some(path)) => (read_secret(Path::new(path), &name_of_file)?, name_of_file),
                (None, None) => continue,
            };
            self.given.insert(setting.key, Given { text, origin });
        }
        for (name, text) in environment.with_prefix(TRUST) {
            let given = Given {
                text: text.to_owned(),
                origin: format!("{TRUST}{name}"),
            };
            let member = name.to_lowercase().replace('_', "-");
            self.families.insert((TRUST_KEY, member), given);
        }
        refuse_slips(environment)
    }

    fn refuse_unavailable(&self) -> Result<(), ConfigError> {
        for (key, given) in &self.given {
            if setting(key).is_some_and(|setting| setting.availability == Availability::Later) {
                return Err(ConfigError::NotAvailable {
                    key: (*key).to_owned(),
                    origin: given.origin.clone(),
                });
            }
        }
        Ok(())
    }
}

/// What stands in the place of `<type>` in a key that shares its setting with others.
fn member_of(setting: &Setting, key: &str) -> Option<String> {
    let family = setting.key.strip_suffix("<type>")?;
    key.strip_prefix(family).map(str::to_owned)
}

/// The setting that `<key>_file` gives the file of.
fn setting_of_file(key: &str) -> Option<&'static Setting> {
    setting(key.strip_suffix("_file")?).filter(|setting| setting.takes_file())
}

/// The content of a file that holds a secret, without the line end that editors add.
pub(crate) fn read_secret(path: &Path, origin: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
        .map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            origin: Some(origin.to_owned()),
            source,
        })
}

/// Refuses a variable that is nearly one of ours. Others that begin with `CUEBOOK_` are left alone: Kubernetes makes
/// some of its own for a service called `cuebook`.
fn refuse_slips(environment: &Environment) -> Result<(), ConfigError> {
    let known: Vec<String> = SETTINGS
        .iter()
        .flat_map(|setting| {
            let file = setting.takes_file().then_some("_FILE");
            setting.env.into_iter().flat_map(move |name| {
                std::iter::once(name.to_owned()).chain(file.map(|end| format!("{name}{end}")))
            })
        })
        .chain(OTHER_VARIABLES.iter().map(|name| (*name).to_owned()))
        .collect();
    let bare: Vec<&str> = known
        .iter()
        .filter_map(|name| name.strip_prefix("CUEBOOK_"))
        .collect();
    for (name, _) in environment.with_prefix("CUEBOOK_") {
        let full = format!("CUEBOOK_{name}");
        let known = bare.contains(&name) || full.starts_with(TRUST);
        if known || full.starts_with(SCRIPT_SECRET) {
            continue;
        }
        if let Some(nearest) = nearly_same(name, bare.iter().copied()) {
            return Err(ConfigError::UnknownVariable {
                name: full,
                nearest: format!("CUEBOOK_{nearest}"),
            });
        }
    }
    Ok(())
}
