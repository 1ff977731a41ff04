//! Puts the OpenAPI document together: the API as poem describes it, the hook, health and numbers, and what poem leaves
//! out.

use std::collections::HashMap;
use std::marker::PhantomData;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, MetaPath, Registry};
use poem_openapi::{LicenseObject, OpenApi, OpenApiService, ServerObject};
use serde_json::{Value as Json, json};

use super::{describe, inputs, manners, messages, operator};
use crate::admin::{AdminApi, PREFIX};
use crate::ingest;

const ABOUT: &str = "Cuebook receives Ticketpark's webhooks, keeps every one, and runs your rules on them. \
    Ids are UUIDs of version 7, times are RFC 3339 in UTC, lists are newest first and paged by `cursor`. \
    Every error is `application/problem+json` with a stable `code`.";

/// The API's description without the API: nothing is needed to print the document.
struct Described<A>(PhantomData<fn() -> A>);

impl<A: OpenApi> OpenApi for Described<A> {
    /// The operations by address: resources that share one would otherwise hide each other's in the document.
    fn meta() -> Vec<MetaApi> {
        let mut paths: Vec<MetaPath> = Vec::new();
        for path in A::meta().into_iter().flat_map(|api| api.paths) {
            match paths.iter_mut().find(|known| known.path == path.path) {
                Some(known) => known.operations.extend(path.operations),
                None => paths.push(path),
            }
        }
        vec![MetaApi { paths }]
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }

    fn add_routes(self, _table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The OpenAPI document of an installation at `public_url`, as JSON in lines.
pub fn openapi_document(public_url: &str) -> String {
    // A value that was read from JSON can be written as JSON.
    serde_json::to_string_pretty(&document(public_url)).unwrap_or_default()
}

/// The document itself.
pub(super) fn document(public_url: &str) -> Json {
    let service = OpenApiService::new(
        Described::<AdminApi>(PhantomData),
        "Cuebook",
        env!("CARGO_PKG_VERSION"),
    )
    .description(ABOUT)
    .license(LicenseObject::new("MIT"))
    .server(ServerObject::new(public_url))
    .url_prefix(PREFIX);
    let mut document: Json = serde_json::from_str(&service.spec()).unwrap_or_default();
    add_messages(&mut document);
    add_paths(&mut document);
    describe::written(&mut document);
    describe::operations(&mut document);
    describe::nullable(&mut document);
    describe::unsigned(&mut document);
    inputs::close(&mut document);
    manners::describe(&mut document);
    document
}

fn add_messages(document: &mut Json) {
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Json::as_object_mut)
    {
        schemas.extend(messages::schemas());
    }
    if let Some(content) = document
        .pointer_mut("/paths/~1api~1v1~1events/post/requestBody/content")
        .and_then(Json::as_object_mut)
    {
        for media_type in content.values_mut() {
            if let Some(media_type) = media_type.as_object_mut() {
                media_type.insert("examples".to_owned(), messages::injected_examples());
            }
        }
    }
}

fn add_paths(document: &mut Json) {
    let message = messages::taken();
    let (hook, description) = ingest::path_item(&message, &messages::examples());
    if let Some(paths) = document.pointer_mut("/paths").and_then(Json::as_object_mut) {
        paths.insert(hook, description);
        paths.extend(operator::paths());
    }
    if let Some(tags) = document.pointer_mut("/tags").and_then(Json::as_array_mut) {
        tags.push(json!({"name": "Hooks", "description": "Where webhooks come in."}));
        tags.push(json!({"name": "Operator", "description": "Alive, ready, numbers."}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operation_of_the_api_is_missing_in_the_document() {
        let document = document("http://x");
        let paths = AdminApi::meta().into_iter().flat_map(|api| api.paths);
        let mut seen = 0;
        for path in paths {
            let template = path.path.replace('/', "~1");
            let address = template
                .split("~1")
                .map(|part| match part.strip_prefix(':') {
                    Some(name) => format!("{{{name}}}"),
                    None => part.to_owned(),
                })
                .collect::<Vec<_>>()
                .join("~1");
            for operation in path.operations {
                let method = operation.method.as_str().to_lowercase();
                let pointer = format!("/paths/~1api~1v1{address}/{method}");
                let shown = document.pointer(&pointer);
                assert!(shown.is_some(), "{pointer}");
                seen += 1;
            }
        }
        assert!(seen >= 50, "{seen}");
    }
}
