//! How an operation names the scope that it needs: by the type of its first argument.
//!
//! The OpenAPI document shows it as the operation's security scheme, and the guard enforces it by the same name before
//! the operation is reached. An operation that names none is refused to everybody.

use std::marker::PhantomData;

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::{Caller, Scope};
use crate::problem::{Code, Problem};

/// A scope as a type.
pub(crate) trait Needed: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
    /// The name of its security scheme in the OpenAPI document.
    const SCHEME: &'static str;
    /// What the document says about it.
    const DOC: &'static str;
}

macro_rules! needed {
    ($($name:ident, $scope:expr, $scheme:literal, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[derive(Debug)]
            pub(crate) struct $name;

            impl Needed for $name {
                const SCOPE: Scope = $scope;
                const SCHEME: &'static str = $scheme;
                const DOC: &'static str = $doc;
            }
        )*

        /// The scope behind the name of a security scheme.
        pub(crate) fn required_scope(scheme: &str) -> Option<Scope> {
            match scheme { $($scheme => Some($scope),)* _ => None }
        }
    };
}

needed! {
    Read, Scope::Read, "key_read", "A key with the scope `read` or `admin`. Without `personal`, mail addresses are masked.";
    Write, Scope::Write, "key_write", "A key with the scope `write` or `admin`.";
    Admin, Scope::Admin, "key_admin", "A key with the scope `admin`.";
}

/// The caller of an operation that needs the scope `S`.
#[derive(Debug)]
pub(crate) struct Allowed<S>(pub(crate) Caller, PhantomData<S>);

impl<'a, S: Needed> ApiExtractor<'a> for Allowed<S> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            S::SCHEME,
            MetaSecurityScheme {
                ty: "http",
                description: Some(S::DOC),
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: Some("cue_<id>_<secret>"),
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![S::SCHEME]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match request.data::<Caller>() {
            Some(caller) if caller.may(S::SCOPE) => Ok(Self(caller.clone(), PhantomData)),
            // Only reached if an operation is served without its guard.
            _ => Err(Problem::new(
                Code::MissingScope,
                format!("this needs the scope `{}`", S::SCOPE),
            )
            .into_error()),
        }
    }
}
