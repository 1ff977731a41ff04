//! What a test says about its Cuebook before it starts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cuebook_core::chance::{Chance, SystemChance};
use cuebook_core::clock::{Clock, ManualClock, SystemClock, from_micros, to_micros};
use cuebook_core::probe::Probe;
use cuebook_core::secret::SecretText;
use cuebook_rules::RuleFiles;
use cuebook_store::SecretKey;
use tempfile::TempDir;

use crate::assembly::Recipe;
use crate::cuebook::Cuebook;
use crate::smtp_peer::SmtpPeer;
use crate::ticketpark::Ticketpark;

/// Says what a [`Cuebook`] is to be like. Without more: no rules, the machine's clock, effects performed, loopback open,
/// mails captured, no Ticketpark.
pub struct Builder {
    rules: BTreeMap<String, Vec<u8>>,
    capture: bool,
    smtp: Option<String>,
    ticketpark: Wanted,
    manual: Option<Arc<ManualClock>>,
    folder: Option<PathBuf>,
    database: Option<String>,
    probe: Probe,
}

/// Which Ticketpark is wanted.
enum Wanted {
    No,
    Own,
    At(String),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            rules: BTreeMap::new(),
            capture: false,
            smtp: None,
            ticketpark: Wanted::No,
            manual: None,
            folder: None,
            database: None,
            probe: Probe::default(),
        }
    }

    /// Adds a file of the rules' folder: `new-booking/thanks.rhai`, `templates/thanks.de.txt`.
    #[must_use]
    pub fn rule(mut self, path: &str, source: impl Into<String>) -> Self {
        self.rules
            .insert(path.to_owned(), source.into().into_bytes());
        self
    }

    /// Adds all files of a rules' folder.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a test whose rules cannot be read has failed"
    )]
    pub fn rules(mut self, folder: &Path) -> Self {
        let files = RuleFiles::read(folder).expect("the rules' folder is readable");
        self.rules.extend(files.0);
        self
    }

    /// Records every write and send instead of performing it.
    #[must_use]
    pub fn capturing(mut self) -> Self {
        self.capture = true;
        self
    }

    /// Sends mail to `peer`.
    #[must_use]
    pub fn mailing(self, peer: &SmtpPeer) -> Self {
        self.mailing_to(peer.url())
    }

    /// Sends mail to the server at `url`, which another process may hold.
    #[must_use]
    pub fn mailing_to(mut self, url: impl Into<String>) -> Self {
        self.smtp = Some(url.into());
        self
    }

    /// With a pretend Ticketpark, logged in.
    #[must_use]
    pub fn with_ticketpark(mut self) -> Self {
        self.ticketpark = Wanted::Own;
        self
    }

    /// With the pretend Ticketpark at `url`, which another process may hold.
    #[must_use]
    pub fn with_ticketpark_at(mut self, url: impl Into<String>) -> Self {
        self.ticketpark = Wanted::At(url.into());
        self
    }

    /// With its data in `folder`, which stays when the Cuebook ends, whatever ends it.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// On the database at `url` instead of a file in its folder.
    #[must_use]
    pub fn on_database(mut self, url: impl Into<String>) -> Self {
        self.database = Some(url.into());
        self
    }

    /// Tells `probe` of each commit and each attempt at something outside.
    #[must_use]
    pub fn probed(mut self, probe: Probe) -> Self {
        self.probe = probe;
        self
    }

    /// With a clock that stands still until the test moves it by [`Cuebook::advance`].
    #[must_use]
    pub fn with_manual_clock(mut self) -> Self {
        // Whole microseconds, as they are stored: what is due after a second is due after a second exactly.
        let now = from_micros(to_micros(SystemClock.now()));
        self.manual = Some(Arc::new(ManualClock::new(now)));
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it does not start.
    #[expect(
        clippy::expect_used,
        reason = "a test whose Cuebook does not start has failed"
    )]
    pub async fn start(self) -> Cuebook {
        let chance = Arc::new(SystemChance::default());
        let clock: Arc<dyn Clock> = match &self.manual {
            Some(manual) => manual.clone(),
            None => Arc::new(SystemClock),
        };
        let ticketpark = match self.ticketpark {
            Wanted::No => None,
            Wanted::Own => Some(Ticketpark::start(clock.clone()).await),
            Wanted::At(url) => Some(Ticketpark::at(&url, clock.clone()).await),
        };
        let (data, folder) = if let Some(path) = self.folder {
            (path, None)
        } else {
            let folder = TempDir::new().expect("a folder for the data");
            (folder.path().to_owned(), Some(folder))
        };
        let recipe = Recipe {
            secret_key: secret_key(&data, &*chance),
            database: self.database,
            data,
            _folder: folder,
            rules: RuleFiles(self.rules),
            capture: self.capture,
            smtp: self.smtp.map(SecretText::new),
            ticketpark,
            manual: self.manual,
            clock,
            chance: chance as Arc<dyn Chance>,
            probe: self.probe,
        };
        Cuebook::start(recipe).await
    }
}

/// The secret key of the data in `folder`: the same for each process that opens them.
#[expect(
    clippy::expect_used,
    reason = "a test whose data cannot be opened has failed"
)]
fn secret_key(folder: &Path, chance: &dyn Chance) -> SecretKey {
    let path = folder.join("secret.key");
    if let Ok(text) = fs::read_to_string(&path) {
        return SecretKey::from_hex(&text).expect("a secret key");
    }
    let key = SecretKey::generate(chance);
    fs::write(&path, &*key.to_hex()).expect("the folder can be written to");
    key
}
