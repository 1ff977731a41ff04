//! What stands before every operation of the API: it must exist, name a scope, be asked for by a key that has it, with
//! parameters that it knows and a body within the limits.

use std::sync::Arc;

use cuebook_core::{Clock, json_guard};
use cuebook_store::{Actor, RepeatableRequest, Store};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use tokio_util::task::TaskTracker;

use super::operations::{Match, Operation, Operations};
use super::repeatable;
use super::writing::Writing;
use crate::auth::{Caller, authenticate};
use crate::body;
use crate::client_address::ClientAddress;
use crate::limits::ServerLimits;
use crate::problem::{Code, Problem};
use crate::request_id::RequestId;
use crate::request_log::LogFields;
use crate::wrong_guesses::WrongGuesses;

/// The API behind its guard.
pub(crate) struct Guard {
    /// What there is.
    pub(crate) operations: Operations,
    /// Where keys are.
    pub(crate) store: Store,
    /// By which keys expire.
    pub(crate) clock: Arc<dyn Clock>,
    /// The limits of bodies.
    pub(crate) limits: ServerLimits,
    /// Those who guess keys.
    pub(crate) wrong: WrongGuesses,
    /// The API.
    pub(crate) api: Arc<BoxEndpoint<'static, Response>>,
    /// What an orderly end waits for.
    pub(crate) tasks: TaskTracker,
}

impl Endpoint for Guard {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let operation = match self.operations.find(request.method(), request.uri().path()) {
            Match::Operation(operation) => operation,
            Match::OtherMethods(methods) => {
                body::discard(&mut request, &self.limits).await;
                return Ok(other_methods(&methods));
            }
            Match::Nothing => {
                body::discard(&mut request, &self.limits).await;
                return Err(
                    Problem::new(Code::NoSuchRoute, "the API has no such address").into_error(),
                );
            }
        };
        let caller = match self.admit(operation, &request).await {
            Ok(caller) => caller,
            Err(problem) => {
                body::discard(&mut request, &self.limits).await;
                return Err(problem.into_error());
            }
        };
        let mut body = Vec::new();
        if operation.takes_body {
            body = body::read(&mut request, &self.limits)
                .await
                .map_err(|error| error.problem().into_error())?;
            // The API takes JSON and nothing else, and reads it with the one parser.
            json_guard::check(&body).map_err(|error| {
                let detail = format!("the body cannot be taken: {error}");
                Problem::new(Code::InvalidBody, detail).into_error()
            })?;
            request.set_body(body.clone());
        }
        let fields = LogFields::key(caller.key_id.clone());
        let mut response = if operation.is_write() {
            self.write(operation, caller, request, &body).await
        } else {
            request.set_data(caller);
            self.api.call(request).await
        };
        match &mut response {
            Ok(response) => response.set_data(fields),
            Err(error) => error.set_data(fields),
        }
        response
    }
}

impl Guard {
    /// Carries out an operation that changes something.
    async fn write(
        &self,
        operation: &Operation,
        caller: Caller,
        mut request: Request,
        body: &[u8],
    ) -> poem::Result<Response> {
        let name = repeatable::named(request.headers()).map_err(Problem::into_error)?;
        let content = || {
            let uri = request.uri();
            let method = request.method().as_str();
            [method.as_bytes(), uri.to_string().as_bytes(), body].map(<[u8]>::to_vec)
        };
        let repeatable = name.map(|key| RepeatableRequest {
            caller: caller.key_id.clone(),
            key,
            content: content().to_vec(),
        });
        let address = request.data::<ClientAddress>();
        let actor = Arc::new(Actor::new(
            caller.key_id.as_str(),
            address.and_then(|address| address.0),
            operation.id,
            request.data::<RequestId>().map(|id| id.0),
        ));
        let writing = Writing {
            api: Arc::clone(&self.api),
            store: self.store.clone(),
            target: operation.target(request.uri().path()),
            actor: Arc::clone(&actor),
            repeatable,
        };
        request.set_data(caller.carrying_out(&actor));
        Ok(writing.carry_out(request, &self.tasks).await)
    }

    /// Lets the request in, or says why not.
    async fn admit(&self, operation: &Operation, request: &Request) -> Result<Caller, Problem> {
        let now = self.clock.now();
        let caller = match authenticate(&self.store, request.headers(), now).await {
            Err(problem) if problem.code == Code::InvalidKey.as_str() => {
                let address = request.data::<ClientAddress>().and_then(|client| client.0);
                if address.is_some_and(|address| self.wrong.is_beyond(address, now)) {
                    return Err(Problem::new(
                        Code::TooManyWrongKeys,
                        "too many wrong keys came from this address",
                    )
                    .retry_after(1));
                }
                return Err(problem);
            }
            authenticated => authenticated?,
        };
        match operation.scope {
            Some(scope) if caller.may(scope) => {}
            Some(scope) => {
                return Err(Problem::new(
                    Code::MissingScope,
                    format!("this needs a key with the scope `{scope}`"),
                ));
            }
            None => {
                return Err(Problem::new(
                    Code::MissingScope,
                    "no key may do this: the operation names no scope",
                ));
            }
        }
        if let Some(problem) = unknown_parameter(operation, request) {
            return Err(problem);
        }
        Ok(caller)
    }
}

/// What is wrong with the query. The client's own text is not repeated: it may be something secret in the wrong place.
fn unknown_parameter(operation: &Operation, request: &Request) -> Option<Problem> {
    if request.uri().query().is_none_or(str::is_empty) {
        return None;
    }
    let Ok(given) = request.params::<Vec<(String, String)>>() else {
        return Some(Problem::new(
            Code::InvalidParameter,
            "the query cannot be read: escape what is no letter, digit, hyphen, dot or underscore",
        ));
    };
    if given.iter().all(|(name, _)| operation.query.contains(name)) {
        return None;
    }
    let known = if operation.query.is_empty() {
        "it takes none".to_owned()
    } else {
        format!("it takes {}", operation.query.join(", "))
    };
    Some(Problem::new(
        Code::UnknownParameter,
        format!("the operation does not have one of the parameters; {known}"),
    ))
}

fn other_methods(methods: &[poem::http::Method]) -> Response {
    let names: Vec<&str> = methods.iter().map(poem::http::Method::as_str).collect();
    let names = names.join(", ");
    let problem = Problem::new(
        Code::MethodNotAllowed,
        format!("this address takes {names}"),
    );
    let mut response = problem.into_response();
    if let Ok(value) = HeaderValue::from_str(&names) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}
