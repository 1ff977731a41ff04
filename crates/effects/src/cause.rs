//! Finds what lies behind an error of a library.

use std::error::Error;

/// The first cause of `error`, itself included, that is a `T`; also inside of IO errors.
pub(crate) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An IO error's source is that of its inner error, which is left out by it.
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<T>());
        if inner.is_some() {
            return inner;
        }
        next = error.source();
    }
    None
}

/// The innermost cause of `error`, as text: the outer ones say only that something failed. `None` where there is none.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> Option<String> {
    let mut innermost = error.source()?;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    Some(innermost.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("inner")]
    struct Inner;

    #[test]
    fn a_cause_inside_of_an_io_error_is_found() {
        let error = Outer(std::io::Error::other(Inner));
        assert!(find::<Inner>(&error).is_some());
        assert!(find::<Outer>(&error).is_some());
        assert!(find::<rustls::Error>(&error).is_none());
        assert_eq!(innermost(&error).as_deref(), Some("inner"));
        assert_eq!(innermost(&Inner), None);
    }
}
