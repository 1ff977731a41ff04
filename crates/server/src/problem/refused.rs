//! The refusals of an operation, typed by the list of codes that it may answer: the OpenAPI document follows from it.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use cuebook_store::StoreError;
use poem::IntoResponse;
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::{ToJSON, Type};
use serde_json::Value as Json;

use super::answer::PROBLEM_JSON;
use super::{Code, Problem};

/// The codes that any operation of the admin API may answer: those of its guard.
const GUARD: &[Code] = &[
    Code::UnknownParameter,
    Code::MissingKey,
    Code::InvalidKey,
    Code::ExpiredKey,
    Code::RevokedKey,
    Code::MissingScope,
    Code::TooManyWrongKeys,
    Code::Internal,
    Code::StoreUnavailable,
];

/// Names what an operation may refuse beside what its guard refuses.
pub(crate) trait Refusals: Send + Sync + 'static {
    /// The codes.
    const CODES: &'static [Code];
}

/// Declares types that implement [`Refusals`], one for each operation.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = [$($code:ident),*];)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub(crate) struct $name;

            impl $crate::problem::Refusals for $name {
                const CODES: &'static [$crate::problem::Code] = &[$($crate::problem::Code::$code),*];
            }
        )*
    };
}
pub(crate) use refusals;

/// A refusal by an operation whose list of codes is `R`.
#[derive(Debug)]
pub(crate) struct Refused<R>(Problem, PhantomData<fn() -> R>);

impl<R: Refusals> Refused<R> {
    /// Refuses with one of the codes of `R`.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        debug_assert!(
            R::CODES.contains(&code) || GUARD.contains(&code),
            "{code:?} is not among the answers that the operation documents"
        );
        Self(Problem::new(code, detail), PhantomData)
    }

    /// There is no such `thing`.
    pub(crate) fn not_found(thing: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {thing}"))
    }
}

impl<R: Refusals> From<StoreError> for Refused<R> {
    fn from(error: StoreError) -> Self {
        Self(store_problem(&error), PhantomData)
    }
}

impl<R: Refusals> From<Refused<R>> for poem::Error {
    fn from(refused: Refused<R>) -> Self {
        refused.0.into_error()
    }
}

impl<R: Refusals> IntoResponse for Refused<R> {
    fn into_response(self) -> poem::Response {
        self.0.into_response()
    }
}

impl<R: Refusals> ApiResponse for Refused<R> {
    fn meta() -> MetaResponses {
        let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
        for code in R::CODES.iter().chain(GUARD) {
            let codes = by_status.entry(code.status().as_u16()).or_default();
            if !codes.contains(code) {
                codes.push(*code);
            }
        }
        let responses = by_status
            .into_iter()
            .map(|(status, codes)| response(status, &codes))
            .collect();
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

/// The problem of a failed store: not available, or something that only the log may tell.
pub(crate) fn store_problem(error: &StoreError) -> Problem {
    if error.is_unavailable() {
        tracing::warn!(%error, "the database is not available");
        return Problem::new(
            Code::StoreUnavailable,
            "the database cannot be read or written just now",
        )
        .retry_after(5);
    }
    tracing::error!(%error, "the database failed");
    Problem::new(Code::Internal, "the request could not be carried out")
}

fn response(status: u16, codes: &[Code]) -> MetaResponse {
    let code = MetaSchema {
        enum_items: codes.iter().map(|code| Json::from(code.as_str())).collect(),
        ..MetaSchema::new("string")
    };
    let narrowed = MetaSchema {
        properties: vec![("code", MetaSchemaRef::Inline(Box::new(code)))],
        ..MetaSchema::new("object")
    };
    let schema = MetaSchema {
        all_of: vec![
            Problem::schema_ref(),
            MetaSchemaRef::Inline(Box::new(narrowed)),
        ],
        example: codes
            .first()
            .and_then(|code| Problem::new(*code, code.title()).to_json()),
        ..MetaSchema::ANY
    };
    MetaResponse {
        description: codes.first().map_or("", |code| code.title()),
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: PROBLEM_JSON,
            schema: MetaSchemaRef::Inline(Box::new(schema)),
        }],
        headers: Vec::new(),
    }
}
