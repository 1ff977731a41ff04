//! Query parameters with brackets, `filters[updated][0][_comp]=gt`, read into a tree.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// No parameter goes deeper.
const DEPTH: usize = 8;

/// A value, or what is below a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// A value.
    Value(String),
    /// What is below.
    Branch(Branch),
}

/// Names and what is below them.
pub(crate) type Branch = BTreeMap<String, Node>;

/// The tree of a query. Of two that do not go together the later counts.
pub(crate) fn parse(query: &str) -> Branch {
    let mut tree = Branch::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let path = split(&name);
        if path.len() <= DEPTH {
            insert(&mut tree, &path, value.into_owned());
        }
    }
    tree
}

/// What is below `name`; nothing where it is a value or not there.
pub(crate) fn branch<'a>(tree: &'a Branch, name: &str) -> Option<&'a Branch> {
    match tree.get(name)? {
        Node::Branch(branch) => Some(branch),
        Node::Value(_) => None,
    }
}

/// The value of `name`.
pub(crate) fn value<'a>(tree: &'a Branch, name: &str) -> Option<&'a str> {
    match tree.get(name)? {
        Node::Value(value) => Some(value),
        Node::Branch(_) => None,
    }
}

fn split(name: &str) -> Vec<&str> {
    match name.split_once('[') {
        None => vec![name],
        Some((first, rest)) => {
            let rest = rest.strip_suffix(']').unwrap_or(rest);
            std::iter::once(first).chain(rest.split("][")).collect()
        }
    }
}

fn insert(tree: &mut Branch, path: &[&str], value: String) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        tree.insert((*first).to_owned(), Node::Value(value));
        return;
    }
    let node = tree.entry((*first).to_owned());
    let node = node.or_insert_with(|| Node::Branch(Branch::new()));
    if let Node::Value(_) = node {
        *node = Node::Branch(Branch::new());
    }
    if let Node::Branch(branch) = node {
        insert(branch, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_make_a_tree() {
        let tree = parse(
            "page=2&filters%5Bupdated%5D[0][_comp]=gt&filters[updated][0][_value]=2014-01-01+00:00:00",
        );
        assert_eq!(value(&tree, "page"), Some("2"));
        let updated = branch(branch(&tree, "filters").unwrap(), "updated").unwrap();
        let first = branch(updated, "0").unwrap();
        assert_eq!(value(first, "_comp"), Some("gt"));
        assert_eq!(value(first, "_value"), Some("2014-01-01 00:00:00"));
    }

    #[test]
    fn what_does_not_fit_is_no_panic() {
        let tree = parse("a=1&a[b]=2&c[=3&[]=4&d]=5");
        assert_eq!(value(branch(&tree, "a").unwrap(), "b"), Some("2"));
    }
}
