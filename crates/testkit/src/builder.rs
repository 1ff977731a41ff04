//! What a test says about its Cuebook before it starts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cuebook_core::chance::{Chance, SystemChance};
use cuebook_core::clock::{Clock, ManualClock, SystemClock, from_micros, to_micros};
use cuebook_core::secret::SecretText;
use cuebook_rules::RuleFiles;
use cuebook_store::SecretKey;
use tempfile::TempDir;

use crate::assembly::{self, Recipe};
use crate::cuebook::Cuebook;
use crate::smtp_peer::SmtpPeer;

/// Says what a [`Cuebook`] is to be like. Without more: no rules, the machine's clock, effects performed, loopback open,
/// mails captured, no Ticketpark.
pub struct Builder {
    rules: BTreeMap<String, Vec<u8>>,
    capture: bool,
    smtp: Option<String>,
    ticketpark: bool,
    manual: Option<Arc<ManualClock>>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            rules: BTreeMap::new(),
            capture: false,
            smtp: None,
            ticketpark: false,
            manual: None,
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
    pub fn mailing(mut self, peer: &SmtpPeer) -> Self {
        self.smtp = Some(peer.url());
        self
    }

    /// With a pretend Ticketpark, logged in.
    #[must_use]
    pub fn with_ticketpark(mut self) -> Self {
        self.ticketpark = true;
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
        let pretend = if self.ticketpark {
            Some(assembly::ticketpark(clock.clone()).await)
        } else {
            None
        };
        let recipe = Recipe {
            data: TempDir::new().expect("a folder for the data"),
            secret_key: SecretKey::generate(&*chance),
            rules: RuleFiles(self.rules),
            capture: self.capture,
            smtp: self.smtp.map(SecretText::new),
            pretend,
            manual: self.manual,
            clock,
            chance: chance as Arc<dyn Chance>,
        };
        Cuebook::start(recipe).await
    }
}
