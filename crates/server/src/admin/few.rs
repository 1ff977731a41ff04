//! Pages of lists that are few enough to be read whole: keys, tokens, secrets. The cursor is what names the last item.

use super::page::Limit;
use super::value::{Plain, Text};

/// What there is of a list, and from where on and how much of it is wanted.
pub(crate) struct Few<T> {
    items: Vec<T>,
}

impl<T> Few<T> {
    /// The whole list, in its order.
    pub(crate) fn new(items: Vec<T>) -> Self {
        Self { items }
    }

    /// The items after the one that `cursor` names, and the cursor of what follows them.
    pub(crate) fn page(
        self,
        limit: Option<Text<Limit>>,
        cursor: Option<Text<Plain>>,
        name: impl Fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        let size = Limit::or_default(limit);
        let from = cursor.map_or(0, |Text(Plain(cursor))| {
            let place = self.items.iter().position(|item| name(item) == cursor);
            place.map_or(self.items.len(), |place| place + 1)
        });
        let mut rest: Vec<T> = self.items.into_iter().skip(from).collect();
        let more = rest.len() > size;
        rest.truncate(size);
        let next = rest
            .last()
            .filter(|_| more)
            .map(|item| name(item).to_owned());
        (rest, next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::TextValue;
    use super::*;

    #[test]
    fn each_item_is_on_one_page() {
        let all = || Few::new(vec!["a", "b", "c"]);
        let limit = || Some(Text(Limit::read("2").unwrap()));
        let (first, next) = all().page(limit(), None, |item| item);
        assert_eq!((first, next.as_deref()), (vec!["a", "b"], Some("b")));
        let cursor = next.map(|name| Text(Plain(name)));
        let (second, next) = all().page(limit(), cursor, |item| item);
        assert_eq!((second, next), (vec!["c"], None));
    }

    #[test]
    fn after_what_is_not_there_comes_nothing() {
        let cursor = Some(Text(Plain("x".to_owned())));
        let (items, next) = Few::new(vec!["a"]).page(None, cursor, |item| item);
        assert_eq!((items.len(), next), (0, None));
    }
}
