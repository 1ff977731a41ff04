//! Secrets of scripts: set, name, delete. What they stand for is never read back.

use cuebook_core::Timestamp;
use cuebook_core::secret::SecretText;
use cuebook_store::Store;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde_json::Value;

use super::few::Few;
use super::page::Limit;
use super::sample;
use super::tag::Tag;
use super::value::{Plain, Text, TextValue};
use crate::auth::{Admin, Allowed};
use crate::problem::{Refused, refusals};

/// Where the secrets of scripts are stored.
const NAMESPACE: &str = "script";
const NAME_LENGTH: usize = 100;
/// The longest secret, in characters: a private key fits.
const VALUE_LENGTH: usize = 16 * 1024;

refusals! {
    /// `GET /secrets`
    ListRefusals = [InvalidParameter];
    /// `PUT /secrets/{name}`
    PutRefusals = [InvalidId, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `DELETE /secrets/{name}`
    DeleteRefusals = [InvalidId, NotFound];
}

/// A secret's name.
#[derive(Debug, Clone)]
struct SecretName(String);

impl TextValue for SecretName {
    const NAME: &'static str = "secret_name";

    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(format!("^[A-Za-z0-9_-]{{1,{NAME_LENGTH}}}$")),
            example: Some(Value::from("CRM_TOKEN")),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let valid = (1..=NAME_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        valid.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!(
                "a secret's name has 1 to {NAME_LENGTH} letters, digits, hyphens and underscores, such as CRM_TOKEN"
            )
        })
    }

    fn write(&self) -> Value {
        Value::from(self.0.as_str())
    }
}

/// What a secret shall stand for, as it was sent.
struct SecretInput(SecretText);

impl TextValue for SecretInput {
    const NAME: &'static str = "secret_value";

    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(1),
            max_length: Some(VALUE_LENGTH),
            example: Some(Value::from("the token that the CRM gave out")),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.chars().count() > VALUE_LENGTH {
            return Err(format!("a secret has 1 to {VALUE_LENGTH} characters"));
        }
        Ok(Self(SecretText::new(text)))
    }

    /// For the example of the document; no answer holds one.
    fn write(&self) -> Value {
        Value::from(self.0.reveal())
    }
}

/// The secrets there are.
#[derive(Debug, Object)]
#[oai(example)]
struct SecretList {
    /// The secrets by name.
    items: Vec<SecretBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    next_cursor: Option<String>,
}

/// A secret, without what it stands for.
#[derive(Debug, Object)]
#[oai(rename = "Secret")]
struct SecretBody {
    /// Its name, as in `secret("NAME")`.
    name: String,
    /// When it was last set.
    updated_at: Text<Timestamp>,
}

/// What a secret shall stand for.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct SecretValue {
    /// The text, of 1 to 16,384 bytes.
    #[oai(write_only)]
    value: Text<SecretInput>,
}

/// The answer to a change.
#[derive(ApiResponse)]
enum Changed {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

/// The operations on secrets.
pub(crate) struct SecretsApi(pub(crate) Store);

#[OpenApi]
impl SecretsApi {
    /// List secrets
    ///
    /// The names of the secrets that scripts may use, and when each was last set.
    #[oai(
        path = "/secrets",
        method = "get",
        operation_id = "list_secrets",
        tag = "Tag::Secrets"
    )]
    async fn list_secrets(
        &self,
        _key: Allowed<Admin>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Plain>>>,
    ) -> Result<Json<SecretList>, Refused<ListRefusals>> {
        let rows = self.0.list_secrets(NAMESPACE).await?;
        let (rows, next_cursor) = Few::new(rows).page(limit.0, cursor.0, |row| &row.name);
        let items = rows
            .into_iter()
            .map(|row| SecretBody {
                name: row.name,
                updated_at: Text(row.updated_at),
            })
            .collect();
        Ok(Json(SecretList { items, next_cursor }))
    }

    /// Set a secret
    ///
    /// Stores it encrypted; scripts get the new text from the next use on.
    #[oai(
        path = "/secrets/:name",
        method = "put",
        operation_id = "put_secret",
        tag = "Tag::Secrets"
    )]
    async fn put_secret(
        &self,
        key: Allowed<Admin>,
        /// The secret's name.
        name: Path<Text<SecretName>>,
        /// What it stands for.
        body: Json<SecretValue>,
    ) -> Result<Changed, Refused<PutRefusals>> {
        let value = body.0.value.0.0;
        let store = key.0.store(&self.0);
        store.put_secret(NAMESPACE, &name.0.0.0, &value).await?;
        tracing::info!(secret = %name.0.0.0, "a secret was set");
        Ok(Changed::Done)
    }

    /// Delete a secret
    ///
    /// A script that uses it fails from then on.
    #[oai(
        path = "/secrets/:name",
        method = "delete",
        operation_id = "delete_secret",
        tag = "Tag::Secrets"
    )]
    async fn delete_secret(
        &self,
        key: Allowed<Admin>,
        /// The secret's name.
        name: Path<Text<SecretName>>,
    ) -> Result<Changed, Refused<DeleteRefusals>> {
        let rows = self.0.list_secrets(NAMESPACE).await?;
        if !rows.iter().any(|row| row.name == name.0.0.0) {
            return Err(Refused::not_found("secret"));
        }
        let store = key.0.store(&self.0);
        store.delete_secret(NAMESPACE, &name.0.0.0).await?;
        tracing::info!(secret = %name.0.0.0, "a secret was deleted");
        Ok(Changed::Done)
    }
}

impl Example for SecretList {
    fn example() -> Self {
        Self {
            items: vec![SecretBody {
                name: "CRM_TOKEN".to_owned(),
                updated_at: Text(sample::instant(0)),
            }],
            next_cursor: None,
        }
    }
}

impl Example for SecretValue {
    fn example() -> Self {
        Self {
            value: Text(SecretInput(SecretText::new(
                "the token that the CRM gave out",
            ))),
        }
    }
}
