//! Two lists of effects: what was done, and what would be.

use cuebook_effects::readable::Fields;
use serde_json::Value as Json;

use super::wanted::Effect;

/// How what would be done differs from what was.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// It would be done now.
    Added(Effect),
    /// It would not be done any more.
    Removed(Effect),
    /// It would be done otherwise.
    Changed {
        /// As it would be.
        effect: Effect,
        /// The fields that differ.
        fields: Vec<FieldChange>,
    },
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FieldChange {
    /// Its name.
    pub(super) name: &'static str,
    /// As it was; `None` where it was not there, or is not kept.
    pub(super) before: Option<Json>,
    /// As it would be.
    pub(super) after: Option<Json>,
}

/// The differences. What does the same is no difference, wherever in the script it stands; what is left is paired by its
/// place in the script, then by its receiver, then by its kind.
pub(super) fn compare(mut before: Vec<Effect>, mut after: Vec<Effect>) -> Vec<Change> {
    drop_pairs(&mut before, &mut after, |one, two| {
        one.path == two.path && one.same(two, true)
    });
    drop_pairs(&mut before, &mut after, |one, two| one.same(two, false));
    let mut changes = Vec::new();
    let by_place: fn(&Effect, &Effect) -> bool = |one, two| one.path == two.path;
    let by_receiver: fn(&Effect, &Effect) -> bool = |one, two| one.target == two.target;
    for alike in [by_place, by_receiver, |_, _| true] {
        let alike = |one: &Effect, two: &Effect| one.function == two.function && alike(one, two);
        for (one, two) in take_pairs(&mut before, &mut after, alike) {
            let fields = differing(one.fields(), two.fields());
            changes.push(Change::Changed {
                effect: two,
                fields,
            });
        }
    }
    changes.extend(before.into_iter().map(Change::Removed));
    changes.extend(after.into_iter().map(Change::Added));
    changes
}

fn drop_pairs(
    before: &mut Vec<Effect>,
    after: &mut Vec<Effect>,
    alike: impl Fn(&Effect, &Effect) -> bool,
) {
    take_pairs(before, after, alike);
}

/// Takes what is alike out of both lists, in order.
fn take_pairs(
    before: &mut Vec<Effect>,
    after: &mut Vec<Effect>,
    alike: impl Fn(&Effect, &Effect) -> bool,
) -> Vec<(Effect, Effect)> {
    let mut pairs = Vec::new();
    let mut at = 0;
    while at < before.len() {
        match after.iter().position(|two| alike(&before[at], two)) {
            Some(found) => pairs.push((before.remove(at), after.remove(found))),
            None => at += 1,
        }
    }
    pairs
}

fn differing(before: Fields, after: Fields) -> Vec<FieldChange> {
    let mut before = before;
    let mut changes = Vec::new();
    for (name, now) in after {
        let at = before.iter().position(|(other, _)| *other == name);
        let was = at.map(|at| before.remove(at).1);
        if was.as_ref() != Some(&now) {
            changes.push(FieldChange {
                name,
                before: was,
                after: Some(now),
            });
        }
    }
    changes.extend(before.into_iter().map(|(name, was)| FieldChange {
        name,
        before: Some(was),
        after: None,
    }));
    changes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::wanted::tests::{mail, post};
    use super::*;

    fn told(before: Vec<Effect>, after: Vec<Effect>) -> Vec<String> {
        compare(before, after)
            .into_iter()
            .map(|change| match change {
                Change::Added(effect) => format!("+{}", effect.target),
                Change::Removed(effect) => format!("-{}", effect.target),
                Change::Changed { effect, fields } => {
                    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                    format!("~{} {}", effect.target, names.join(","))
                }
            })
            .collect()
    }

    #[test]
    fn the_same_is_no_difference_wherever_it_stands() {
        let before = vec![mail(1, "a@x", "Hi"), mail(1, "b@x", "Hi")];
        let after = vec![mail(3, "b@x", "Hi"), mail(4, "a@x", "Hi")];
        assert!(told(before, after).is_empty());
    }

    #[test]
    fn what_is_new_is_added_what_is_gone_removed() {
        let before = vec![mail(1, "a@x", "Hi")];
        let after = vec![post(1, "https://x.example/"), mail(1, "a@x", "Hi")];
        assert_eq!(told(before.clone(), after), ["+https://x.example/"]);
        assert_eq!(told(before, Vec::new()), ["-a@x"]);
    }

    #[test]
    fn a_change_is_told_field_by_field_and_pairs_by_place_then_receiver() {
        let before = vec![mail(1, "a@x", "Hi"), mail(2, "b@x", "Hi")];
        let after = vec![mail(1, "c@x", "Hi"), mail(5, "b@x", "Ho")];
        assert_eq!(told(before, after), ["~c@x to", "~b@x subject"]);
    }

    #[test]
    fn a_field_that_comes_or_goes_is_a_change() {
        let fields = |names: &[(&'static str, i32)]| -> Fields {
            names
                .iter()
                .map(|(name, value)| (*name, json!(value)))
                .collect()
        };
        let changes = differing(fields(&[("a", 1), ("b", 1)]), fields(&[("a", 1), ("c", 1)]));
        let told: Vec<_> = changes
            .iter()
            .map(|change| (change.name, change.before.is_some(), change.after.is_some()))
            .collect();
        assert_eq!(told, [("c", false, true), ("b", true, false)]);
    }
}
