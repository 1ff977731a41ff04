//! A query for Ticketpark from a script's map: `#{filters: #{updated: #{_comp: "gt", _value: "2014-01-01 00:00:00"}}}` is
//! `filters[updated][_comp]=gt&filters[updated][_value]=…`.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::limits;

/// The pairs of `query`, in the order of its keys.
pub(crate) fn pairs(query: Option<&Value>) -> Result<Vec<(String, String)>, CallError> {
    let map = match query {
        None | Some(Value::Unit) => return Ok(Vec::new()),
        Some(Value::Map(map)) => map,
        Some(other) => {
            return Err(CallError::invalid(format!(
                "a query is a map, not {}",
                other.kind()
            )));
        }
    };
    let mut pairs = Pairs::default();
    for (name, value) in map {
        match value {
            // Names of child records are set to true, which a list cannot say by itself.
            Value::Array(names) if name == "properties" => {
                for property in names {
                    let property = single(name, property)?;
                    pairs.push(format!("properties[{property}]"), "true".to_owned())?;
                }
            }
            value => pairs.append(name.clone(), value)?,
        }
    }
    Ok(pairs.pairs)
}

/// The pairs so far, and how many bytes were written for them.
#[derive(Default)]
struct Pairs {
    pairs: Vec<(String, String)>,
    written: usize,
}

impl Pairs {
    fn append(&mut self, name: String, value: &Value) -> Result<(), CallError> {
        match value {
            Value::Unit => {}
            Value::Map(map) => {
                for (key, value) in map {
                    self.within(&name, key, value)?;
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.within(&name, index, value)?;
                }
            }
            value => {
                let text = single(&name, value)?;
                self.push(name, text)?;
            }
        }
        Ok(())
    }

    /// A name is repeated for all that it holds, so a small map can mean a query of many gigabytes: hence what is written
    /// is counted, also where nothing comes of it.
    fn within(
        &mut self,
        name: &str,
        key: impl std::fmt::Display,
        value: &Value,
    ) -> Result<(), CallError> {
        self.count(name.len())?;
        self.append(format!("{name}[{key}]"), value)
    }

    fn push(&mut self, name: String, text: String) -> Result<(), CallError> {
        self.count(name.len() + text.len())?;
        self.pairs.push((name, text));
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), CallError> {
        self.written += bytes;
        if self.written > limits::TEXT {
            return Err(CallError::invalid(format!(
                "the query is larger than {} bytes; names are repeated for all that they hold",
                limits::TEXT
            )));
        }
        Ok(())
    }
}

fn single(name: &str, value: &Value) -> Result<String, CallError> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Int(int) => Ok(int.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Decimal(decimal) => Ok(decimal.to_string()),
        // Ticketpark does not say in which zone it reads a time, so the script has to write it.
        Value::Time(_) => Err(CallError::invalid(format!(
            "{name} is a time: write it as text, with time::format"
        ))),
        other => Err(CallError::invalid(format!(
            "{name} cannot be a {} in a query",
            other.kind()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(query: &Value) -> String {
        let pairs = pairs(Some(query)).unwrap();
        let parts: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parts.join("&")
    }

    #[test]
    fn maps_nest_and_properties_are_named() {
        let query = Value::from([
            (
                "filters",
                Value::from([
                    ("_logic", Value::from("AND")),
                    ("confirmation", Value::Bool(true)),
                    (
                        "updated",
                        Value::Array(vec![Value::from([
                            ("_comp", Value::from("gt")),
                            ("_value", Value::from("2014-01-01 00:00:00")),
                        ])]),
                    ),
                ]),
            ),
            ("properties", Value::Array(vec![Value::from("customer")])),
            ("left_out", Value::Unit),
        ]);
        assert_eq!(
            text(&query),
            "filters[_logic]=AND&filters[confirmation]=true&filters[updated][0][_comp]=gt\
             &filters[updated][0][_value]=2014-01-01 00:00:00&properties[customer]=true"
        );
    }

    #[test]
    fn a_query_that_repeats_a_long_name_is_refused_before_it_is_built() {
        let long = "n".repeat(1024 * 1024);
        for item in [Value::Int(1), Value::Map([].into())] {
            let items = Value::Array(vec![item; 100_000]);
            let error = pairs(Some(&Value::Map([(long.clone(), items)].into()))).unwrap_err();
            assert!(error.message.contains("larger than"), "{}", error.message);
        }
    }

    #[test]
    fn times_and_secrets_have_no_place_in_a_query() {
        for value in [
            Value::Time(cuebook_core::Timestamp::default()),
            Value::Secret("S".to_owned()),
        ] {
            assert!(pairs(Some(&Value::from([("x", value)]))).is_err());
        }
        assert!(pairs(Some(&Value::Int(1))).is_err());
    }
}
