//! What effects carry and what was answered: the same for those that runs wanted and for deliveries of events.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Text;
use crate::entities::{effect_attempts, effect_bodies};
use crate::error::StoreError;
use crate::store::Store;

/// The texts of rows, by the row they belong to.
pub(super) type Texts = HashMap<Uuid, Vec<Text>>;

/// Adds the bodies and attempts of effects to the texts of whatever each belongs to.
pub(super) async fn add_bodies_and_attempts(
    store: &Store,
    owner_of: &HashMap<Uuid, Uuid>,
    texts: &mut Texts,
) -> Result<(), StoreError> {
    if owner_of.is_empty() {
        return Ok(());
    }
    let bodies: Vec<(Uuid, Vec<u8>, Vec<u8>)> = effect_bodies::Entity::find()
        .select_only()
        .columns([
            effect_bodies::Column::EffectId,
            effect_bodies::Column::Envelope,
            effect_bodies::Column::Body,
        ])
        .filter(effect_bodies::Column::EffectId.is_in(owner_of.keys().copied()))
        .into_tuple()
        .all(store.readers())
        .await?;
    for (effect, envelope, body) in bodies {
        if let Some(owner) = owner_of.get(&effect) {
            let of_owner = texts.entry(*owner).or_default();
            of_owner.push(Text::Json(envelope, String::new()));
            of_owner.push(Text::Raw(body));
        }
    }
    let attempts: Vec<(Uuid, Option<String>, Option<String>)> = effect_attempts::Entity::find()
        .select_only()
        .columns([
            effect_attempts::Column::EffectId,
            effect_attempts::Column::Error,
            effect_attempts::Column::Answer,
        ])
        .filter(effect_attempts::Column::EffectId.is_in(owner_of.keys().copied()))
        .into_tuple()
        .all(store.readers())
        .await?;
    for (effect, error, answer) in attempts {
        if let Some(owner) = owner_of.get(&effect) {
            let said = [error, answer].into_iter().flatten();
            let of_owner = texts.entry(*owner).or_default();
            of_owner.extend(said.map(|text| Text::Raw(text.into_bytes())));
        }
    }
    Ok(())
}
