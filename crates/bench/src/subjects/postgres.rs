//! A database of its own on a Postgres server, for one Cuebook.

use anyhow::Context as _;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use tokio::runtime::Builder;

/// A fresh database; dropped with this.
#[derive(Debug)]
pub(super) struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// Makes one on the server that `server` names, whose own database is used for nothing else.
    pub(super) fn create(server: &str, name: String) -> anyhow::Result<Self> {
        let database = Self {
            server: server.to_owned(),
            name,
        };
        database
            .execute(&format!("CREATE DATABASE {}", database.name))
            .context("cannot make a database")?;
        Ok(database)
    }

    /// Its URL.
    pub(super) fn url(&self) -> String {
        match self.server.rsplit_once('/') {
            Some((server, _)) => format!("{server}/{}", self.name),
            None => self.server.clone(),
        }
    }

    fn execute(&self, statement: &str) -> anyhow::Result<()> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut options = ConnectOptions::new(&self.server);
            options.max_connections(1).sqlx_logging(false);
            let connection = Database::connect(options).await?;
            connection.execute_unprepared(statement).await?;
            connection.close().await?;
            Ok(())
        })
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // What stays behind does no harm, and the figures are had already.
        drop(self.execute(&format!(
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            self.name
        )));
    }
}
