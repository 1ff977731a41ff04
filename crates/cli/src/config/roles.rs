//! What this process does, and where its rules come from.

/// What this process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It receives and works.
    All,
    /// It receives webhooks and answers the API, and runs no rule.
    Ingest,
    /// It runs rules and sends, and receives nothing.
    Worker,
}

impl Role {
    /// Reads the setting.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            "ingest" => Ok(Self::Ingest),
            "worker" => Ok(Self::Worker),
            _ => Err("write `all`, `ingest` or `worker`".to_owned()),
        }
    }

    /// Whether it takes webhooks and answers the API.
    pub(crate) fn receives(self) -> bool {
        self != Self::Worker
    }

    /// Whether it runs rules and sends.
    pub(crate) fn works(self) -> bool {
        self != Self::Ingest
    }
}

/// Where the rules come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RulesSource {
    /// The folder of this machine, which is watched.
    Folder,
    /// What is deployed into the database: the same for all nodes.
    Database,
}

impl RulesSource {
    /// Reads the setting.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        match text {
            "folder" => Ok(Self::Folder),
            "database" => Ok(Self::Database),
            _ => Err("write `folder` or `database`".to_owned()),
        }
    }

    /// Where they come from if nobody says it.
    pub(super) fn on(database: Option<&str>) -> Self {
        if is_shared(database) {
            Self::Database
        } else {
            Self::Folder
        }
    }
}

/// Whether several processes can work on the database at this URL.
pub(super) fn is_shared(database: Option<&str>) -> bool {
    database.is_some_and(|url| url.starts_with("postgres"))
}
