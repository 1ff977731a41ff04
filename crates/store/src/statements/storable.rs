//! Texts as every database takes them. Postgres refuses U+0000 in a text, so that one such character in a log line or an
//! answer would undo a whole transaction: it is written as U+FFFD, the same on both databases. Bytes stay as they are.

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ColumnType, EntityTrait, Iterable, Value,
};

/// `value` as it can be stored.
pub(super) fn storable(value: Value) -> Value {
    match value {
        Value::String(Some(text)) if text.contains('\0') => {
            Value::String(Some(text.replace('\0', "\u{fffd}")))
        }
        other => other,
    }
}

/// The row as it can be stored.
pub(super) fn storable_row<A: ActiveModelTrait>(mut row: A) -> A {
    for column in <A::Entity as EntityTrait>::Column::iter() {
        if !matches!(
            column.def().get_column_type(),
            ColumnType::String(_) | ColumnType::Text
        ) {
            continue;
        }
        if let ActiveValue::Set(value) | ActiveValue::Unchanged(value) = row.take(column) {
            row.set(column, storable(value));
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_replaced_in_texts_and_kept_in_bytes() {
        assert_eq!(storable(Value::from("a\0b")), Value::from("a\u{fffd}b"));
        assert_eq!(storable(Value::from("ab")), Value::from("ab"));
        let bytes = Value::from(b"a\0b".to_vec());
        assert_eq!(storable(bytes.clone()), bytes);
    }
}
