//! What a list is asked with: filters, child records, further parameters.
//!
//! Ticketpark's spelling: `filters[field]=value`, `filters[field][_comp]=gt&filters[field][_value]=…`, several on one field
//! by an index, `filters[_logic]=AND|OR`, and `filters[child][field]=…` into a child record.

use std::fmt;
use std::str::FromStr;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Not equal.
    Neq,
    /// Without a value; what it is compared with does not matter.
    IsNull,
    /// With any value; what it is compared with does not matter.
    IsNotNull,
}

/// A word that is no comparison.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no comparison: eq, gt, gte, lt, lte, neq, isNull or isNotNull")]
pub struct UnknownComparison(String);

impl Comparison {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Eq, "eq"),
        (Self::Gt, "gt"),
        (Self::Gte, "gte"),
        (Self::Lt, "lt"),
        (Self::Lte, "lte"),
        (Self::Neq, "neq"),
        (Self::IsNull, "isNull"),
        (Self::IsNotNull, "isNotNull"),
    ];

    /// Ticketpark's word for it.
    pub fn as_str(self) -> &'static str {
        let word = Self::ALL.iter().find(|(comparison, _)| *comparison == self);
        word.map_or("eq", |(_, word)| word)
    }
}

impl FromStr for Comparison {
    type Err = UnknownComparison;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(_, word)| *word == text);
        found
            .map(|(comparison, _)| *comparison)
            .ok_or_else(|| UnknownComparison(text.to_owned()))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How several filters go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logic {
    /// All of them hold.
    And,
    /// At least one holds.
    Or,
}

impl Logic {
    fn as_str(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
        }
    }
}

/// Filters on one record and its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    logic: Option<Logic>,
    fields: Vec<(String, Vec<(Comparison, String)>)>,
    children: Vec<(String, Filters)>,
}

impl Filters {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// How they go together.
    #[must_use]
    pub fn logic(mut self, logic: Logic) -> Self {
        self.logic = Some(logic);
        self
    }

    /// One more on `field`. An instant is written as Ticketpark's example has it: `2014-01-01 00:00:00`.
    #[must_use]
    pub fn filter(
        mut self,
        field: impl Into<String>,
        comparison: Comparison,
        value: impl Into<String>,
    ) -> Self {
        let field = field.into();
        let condition = (comparison, value.into());
        match self.fields.iter_mut().find(|(name, _)| *name == field) {
            Some((_, conditions)) => conditions.push(condition),
            None => self.fields.push((field, vec![condition])),
        }
        self
    }

    /// Filters on the child record called `name`.
    #[must_use]
    pub fn child(mut self, name: impl Into<String>, filters: Self) -> Self {
        self.children.push((name.into(), filters));
        self
    }

    fn write(&self, prefix: &str, pairs: &mut Vec<(String, String)>) {
        if let Some(logic) = self.logic {
            pairs.push((format!("{prefix}[_logic]"), logic.as_str().to_owned()));
        }
        for (field, conditions) in &self.fields {
            for (index, (comparison, value)) in conditions.iter().enumerate() {
                let field = match conditions.len() {
                    1 => format!("{prefix}[{field}]"),
                    _ => format!("{prefix}[{field}][{index}]"),
                };
                match comparison {
                    Comparison::Eq if conditions.len() == 1 => pairs.push((field, value.clone())),
                    Comparison::IsNull | Comparison::IsNotNull => {
                        pairs.push((format!("{field}[_comp]"), comparison.to_string()));
                    }
                    _ => {
                        pairs.push((format!("{field}[_comp]"), comparison.to_string()));
                        pairs.push((format!("{field}[_value]"), value.clone()));
                    }
                }
            }
        }
        for (name, filters) in &self.children {
            filters.write(&format!("{prefix}[{name}]"), pairs);
        }
    }
}

/// What a list is asked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    properties: Vec<String>,
    filters: Filters,
    parameters: Vec<(String, String)>,
}

impl Query {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a child record: `properties[<name>]=true`.
    #[must_use]
    pub fn property(mut self, name: impl Into<String>) -> Self {
        self.properties.push(name.into());
        self
    }

    /// One more filter, see [`Filters::filter`].
    #[must_use]
    pub fn filter(
        mut self,
        field: impl Into<String>,
        comparison: Comparison,
        value: impl Into<String>,
    ) -> Self {
        self.filters = self.filters.filter(field, comparison, value);
        self
    }

    /// How the filters go together.
    #[must_use]
    pub fn logic(mut self, logic: Logic) -> Self {
        self.filters = self.filters.logic(logic);
        self
    }

    /// Filters on the child record called `name`.
    #[must_use]
    pub fn child(mut self, name: impl Into<String>, filters: Filters) -> Self {
        self.filters = self.filters.child(name, filters);
        self
    }

    /// Any other parameter, as it is.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Its parameters, in order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = properties(&self.properties);
        self.filters.write("filters", &mut pairs);
        pairs.extend(self.parameters.iter().cloned());
        pairs
    }
}

/// `properties[<name>]=true` for each name.
pub(crate) fn properties(names: &[String]) -> Vec<(String, String)> {
    let pair = |name: &String| (format!("properties[{name}]"), "true".to_owned());
    names.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(query: &Query) -> String {
        let pairs = query.pairs();
        let parts: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parts.join("&")
    }

    #[test]
    fn filters_are_spelt_as_the_documentation_has_them() {
        let one = Query::new().filter("name", Comparison::Eq, "Hugo");
        assert_eq!(text(&one), "filters[name]=Hugo");

        let compared = Query::new().filter("updated", Comparison::Gte, "2014-01-01 00:00:00");
        assert_eq!(
            text(&compared),
            "filters[updated][_comp]=gte&filters[updated][_value]=2014-01-01 00:00:00"
        );

        let null = Query::new().filter("company", Comparison::IsNull, "");
        assert_eq!(text(&null), "filters[company][_comp]=isNull");
    }

    #[test]
    fn several_on_one_field_have_an_index() {
        let query = Query::new()
            .logic(Logic::And)
            .filter("updated", Comparison::Gt, "a")
            .filter("zip", Comparison::Neq, "x")
            .filter("updated", Comparison::Lt, "b");
        assert_eq!(
            text(&query),
            "filters[_logic]=AND&filters[updated][0][_comp]=gt&filters[updated][0][_value]=a\
             &filters[updated][1][_comp]=lt&filters[updated][1][_value]=b\
             &filters[zip][_comp]=neq&filters[zip][_value]=x"
        );
    }

    #[test]
    fn children_properties_and_other_parameters_go_along() {
        let customer = Filters::new()
            .logic(Logic::Or)
            .filter("lastname", Comparison::Eq, "Favre")
            .child(
                "address",
                Filters::new().filter("city", Comparison::Eq, "Bern"),
            );
        let query = Query::new()
            .property("customer")
            .child("customer", customer)
            .parameter("locale", "fr");
        assert_eq!(
            text(&query),
            "properties[customer]=true&filters[customer][_logic]=OR&filters[customer][lastname]=Favre\
             &filters[customer][address][city]=Bern&locale=fr"
        );
    }

    #[test]
    fn each_comparison_is_read_as_it_is_written() {
        for (comparison, word) in Comparison::ALL {
            assert_eq!(word.parse(), Ok(comparison));
            assert_eq!(comparison.to_string(), word);
        }
        assert!("like".parse::<Comparison>().is_err());
    }
}
