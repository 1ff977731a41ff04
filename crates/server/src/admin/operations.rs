//! The table of the API's operations, read from the API itself: which addresses there are, which scope each needs and
//! which query parameters it takes.

use poem::http::Method;
use poem_openapi::OpenApi;
use poem_openapi::registry::{MetaOperation, MetaParamIn};

use crate::auth::{Scope, required_scope};

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name, as in the document.
    pub(crate) id: &'static str,
    method: Method,
    segments: Vec<Segment>,
    /// The scope that it names; `None` is refused to everybody.
    pub(crate) scope: Option<Scope>,
    /// The query parameters that it takes.
    pub(crate) query: Vec<String>,
    /// Whether it takes a body.
    pub(crate) takes_body: bool,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Any,
}

/// What the table knows of a request.
pub(crate) enum Match<'a> {
    /// This is it.
    Operation(&'a Operation),
    /// The address takes other methods only.
    OtherMethods(Vec<Method>),
    /// There is no such address.
    Nothing,
}

/// All operations of an API.
#[derive(Debug)]
pub(crate) struct Operations(Vec<Operation>);

impl Operations {
    /// Reads the operations of `A`.
    pub(crate) fn of<A: OpenApi>() -> Self {
        let paths = A::meta().into_iter().flat_map(|api| api.paths);
        Self(
            paths
                .flat_map(|path| {
                    let template = path.path;
                    path.operations
                        .into_iter()
                        .map(move |operation| Operation::new(&template, operation))
                })
                .collect(),
        )
    }

    /// Finds the operation of a request. `HEAD` is a `GET` without its body.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Match<'_> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let mut others = Vec::new();
        for operation in self.0.iter().filter(|operation| operation.is_at(path)) {
            if operation.method == method {
                return Match::Operation(operation);
            }
            if operation.method == Method::GET {
                others.push(Method::HEAD);
            }
            others.push(operation.method.clone());
        }
        if others.is_empty() {
            Match::Nothing
        } else {
            Match::OtherMethods(others)
        }
    }
}

impl Operation {
    fn new(template: &str, operation: MetaOperation) -> Self {
        let scope = operation
            .security
            .iter()
            .flat_map(|requirement| requirement.keys())
            .find_map(|scheme| required_scope(scheme));
        Self {
            id: operation.operation_id.unwrap_or_default(),
            method: operation.method,
            segments: template.split('/').skip(1).map(Segment::of).collect(),
            scope,
            query: operation
                .params
                .into_iter()
                .filter(|parameter| parameter.in_type == MetaParamIn::Query)
                .map(|parameter| parameter.name)
                .collect(),
            takes_body: operation.request.is_some(),
        }
    }

    /// Whether it may change something. A `POST` that only looks, such as one that checks a rule, asks for `read`.
    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET && self.scope != Some(Scope::Read)
    }

    /// The first part of its address, and what stands in `path` for the parts that vary: what the operation is about.
    pub(crate) fn target(&self, path: &str) -> (String, String) {
        let mut parts = path.split('/').skip(1);
        let varying = self.segments.iter().zip(parts.clone());
        let id: Vec<&str> = varying
            .filter(|(segment, _)| matches!(segment, Segment::Any))
            .map(|(_, part)| part)
            .collect();
        (parts.next().unwrap_or_default().to_owned(), id.join("/"))
    }

    fn is_at(&self, path: &str) -> bool {
        let mut parts = path.split('/').skip(1);
        self.segments.iter().all(|segment| {
            parts.next().is_some_and(|part| match segment {
                Segment::Literal(text) => text == part,
                Segment::Any => !part.is_empty(),
            })
        }) && parts.next().is_none()
    }
}

impl Segment {
    fn of(text: &str) -> Self {
        if text.starts_with('{') {
            Self::Any
        } else {
            Self::Literal(text.to_owned())
        }
    }
}
