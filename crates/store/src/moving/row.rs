//! A row, whatever its table: the values of its columns, and its part of a checksum that asks for no order.

use std::fmt;

use sea_orm::{QueryResult, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::CopyError;

/// What a column holds, by the type that it has on Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Uuid,
    BigInt,
    Int,
    Bool,
    Text,
    Bytes,
    Double,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

impl Kind {
    /// By the name that Postgres's catalogue has for the type.
    pub(super) fn of(table: &str, column: &str, kind: &str) -> Result<Self, CopyError> {
        match kind {
            "uuid" => Ok(Self::Uuid),
            "int8" => Ok(Self::BigInt),
            "int4" => Ok(Self::Int),
            "bool" => Ok(Self::Bool),
            "text" | "varchar" => Ok(Self::Text),
            "bytea" => Ok(Self::Bytes),
            "float8" => Ok(Self::Double),
            _ => Err(CopyError::Column {
                table: table.to_owned(),
                column: column.to_owned(),
                kind: kind.to_owned(),
            }),
        }
    }
}

/// The values of a row's columns, in their order.
pub(super) fn values(row: &QueryResult, columns: &[Column]) -> Result<Vec<Value>, CopyError> {
    columns
        .iter()
        .map(|Column { name, kind }| {
            Ok(match kind {
                Kind::Uuid => Value::from(row.try_get::<Option<Uuid>>("", name)?),
                Kind::BigInt => Value::from(row.try_get::<Option<i64>>("", name)?),
                Kind::Int => Value::from(row.try_get::<Option<i32>>("", name)?),
                Kind::Bool => Value::from(row.try_get::<Option<bool>>("", name)?),
                Kind::Text => Value::from(row.try_get::<Option<String>>("", name)?),
                Kind::Bytes => Value::from(row.try_get::<Option<Vec<u8>>>("", name)?),
                Kind::Double => Value::from(row.try_get::<Option<f64>>("", name)?),
            })
        })
        .collect()
}

/// About how many bytes a row takes in memory.
pub(super) fn weight(row: &[Value]) -> usize {
    let long = |value: &Value| match value {
        Value::String(Some(text)) => text.len(),
        Value::Bytes(Some(bytes)) => bytes.len(),
        _ => 16,
    };
    row.iter().map(long).sum()
}

/// How many rows there are, and a sum of their hashes: the same in whatever order they come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    hashes: [u64; 4],
}

impl Sum {
    /// Counts a row.
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            add_value(&mut hash, value);
        }
        self.rows += 1;
        let digest = hash.finalize();
        for (sum, part) in self.hashes.iter_mut().zip(digest.chunks(8)) {
            let part = part
                .iter()
                .fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
            *sum = sum.wrapping_add(part);
        }
    }

    /// The checksum in hex digits.
    pub(super) fn checksum(&self) -> String {
        self.hashes.map(|part| format!("{part:016x}")).concat()
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows ({:016x}…)", self.rows, self.hashes[0])
    }
}

/// Each value begins with what it is and how long it is, so that two different rows are never the same bytes.
fn add_value(hash: &mut Sha256, value: &Value) {
    let mut add = |kind: u8, bytes: Option<&[u8]>| {
        let Some(bytes) = bytes else {
            hash.update([kind, 0]);
            return;
        };
        hash.update([kind, 1]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match value {
        Value::Uuid(id) => add(1, id.as_ref().map(|id| id.as_bytes().as_slice())),
        Value::BigInt(number) => add(
            2,
            number
                .map(i64::to_be_bytes)
                .as_ref()
                .map(<[u8; 8]>::as_slice),
        ),
        Value::Int(number) => add(
            3,
            number
                .map(i32::to_be_bytes)
                .as_ref()
                .map(<[u8; 4]>::as_slice),
        ),
        Value::Bool(is_so) => add(
            4,
            is_so
                .map(|is_so| [u8::from(is_so)])
                .as_ref()
                .map(<[u8; 1]>::as_slice),
        ),
        Value::String(text) => add(5, text.as_deref().map(str::as_bytes)),
        Value::Bytes(bytes) => add(6, bytes.as_deref()),
        Value::Double(number) => add(
            7,
            number
                .map(f64::to_be_bytes)
                .as_ref()
                .map(<[u8; 8]>::as_slice),
        ),
        other => add(0, Some(format!("{other:?}").as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[Vec<Value>]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    #[test]
    fn a_sum_asks_for_no_order_and_sees_each_difference() {
        let one = vec![Value::from("a"), Value::from(1_i64)];
        let two = vec![Value::from("b"), Value::from(None::<i64>)];
        let both = sum(&[one.clone(), two.clone()]);
        assert_eq!(both, sum(&[two.clone(), one.clone()]));
        for other in [
            vec![Value::from("a"), Value::from(2_i64)],
            vec![Value::from("a"), Value::from(None::<i64>)],
            vec![Value::from("a"), Value::from(1_i32)],
            vec![Value::from("a1"), Value::from("")],
        ] {
            assert_ne!(both, sum(&[other, two.clone()]));
        }
        assert_ne!(
            both,
            sum(&[one.clone(), one, two]),
            "a row that is there twice"
        );
        assert_ne!(
            sum(&[vec![Value::from("a"), Value::from("bc")]]),
            sum(&[vec![Value::from("ab"), Value::from("c")]])
        );
    }

    #[test]
    fn a_type_that_cuebook_does_not_use_is_named() {
        let error = Kind::of("runs", "size", "numeric").unwrap_err().to_string();
        assert!(error.contains("`size` of `runs` is a numeric"), "{error}");
    }
}
