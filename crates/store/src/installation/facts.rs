//! The rows: a name and a text.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::entities::installation;
use crate::error::StoreError;
use crate::statements::insert_or;
use crate::writer::Tx;

/// The fact of this name, where it is known.
pub(crate) async fn fact(
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let row = installation::Entity::find_by_id(name.to_owned())
        .one(db)
        .await?;
    Ok(row.map(|row| row.value))
}

/// Notes a fact, in the place of a former one.
pub(crate) async fn set_fact(tx: &Tx<'_>, name: &str, value: String) -> Result<(), StoreError> {
    let row = installation::Model {
        name: name.to_owned(),
        value,
    };
    let replace = OnConflict::column(installation::Column::Name)
        .update_column(installation::Column::Value)
        .to_owned();
    insert_or(tx, vec![row], replace).await
}
