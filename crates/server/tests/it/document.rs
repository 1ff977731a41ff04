//! The OpenAPI document and its page.

use cuebook_core::events::SENT;
use serde_json::Value as Json;

use crate::harness::Running;

fn document() -> Json {
    serde_json::from_str(&cuebook_server::openapi_document(
        "https://cuebook.example.com",
    ))
    .unwrap()
}

fn operations(document: &Json) -> Vec<(String, &Json)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[test]
fn each_operation_has_summary_tag_id_example_and_error_answers() {
    let document = document();
    let operations = operations(&document);
    assert!(operations.len() >= 18);
    let mut ids = std::collections::HashSet::new();
    for (name, operation) in operations {
        assert!(operation["summary"].is_string(), "{name}");
        assert!(operation["description"].is_string(), "{name}");
        assert!(operation["tags"][0].is_string(), "{name}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
            "{name}"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{name}"
        );
        assert!(
            responses
                .keys()
                .any(|status| status.starts_with(['4', '5'])),
            "{name} has no error answer"
        );
        for (status, response) in responses {
            assert!(
                !response["description"].as_str().unwrap().is_empty(),
                "{name} {status}"
            );
            for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                assert!(
                    !content["example"].is_null(),
                    "{name} {status} {media_type}"
                );
                if !status.starts_with('2') {
                    assert_eq!(media_type, "application/problem+json", "{name} {status}");
                    assert_eq!(content["example"]["status"].to_string(), *status);
                }
            }
        }
        for (media_type, content) in operation["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flatten()
        {
            assert!(
                content.get("example").or(content.get("examples")).is_some(),
                "{name} {media_type}"
            );
        }
    }
}

#[test]
fn no_query_parameter_has_to_be_given() {
    let document = document();
    let mut seen = 0;
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let in_path = parameter["in"] == "path";
            assert_eq!(parameter["required"], in_path, "{name}: {parameter}");
            seen += 1;
        }
    }
    assert!(seen > 20);
}

#[test]
fn each_operation_of_the_api_names_the_key_that_it_needs() {
    let document = document();
    for (name, operation) in operations(&document) {
        if !name.contains("/api/v1/") {
            continue;
        }
        let scheme = operation["security"][0]
            .as_object()
            .unwrap()
            .keys()
            .next()
            .unwrap();
        assert_eq!(
            document["components"]["securitySchemes"][scheme]["scheme"], "bearer",
            "{name}"
        );
    }
}

#[test]
fn the_seven_messages_are_described_at_the_hook_and_where_events_are_injected() {
    let document = document();
    let hook = &document["paths"]["/hooks/ticketpark/{token}"]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(
        hook["schema"]["anyOf"][0]["$ref"],
        "#/components/schemas/TicketparkMessage"
    );
    let inject = &document["paths"]["/api/v1/events"]["post"]["requestBody"]["content"];
    let inject = inject.as_object().unwrap().values().next().unwrap();
    for descriptor in SENT {
        let expected: Json = serde_json::from_str(descriptor.example).unwrap();
        assert_eq!(hook["examples"][descriptor.name]["value"], expected);
        assert_eq!(
            inject["examples"][descriptor.name]["value"]["payload"],
            expected["payload"]
        );
    }
    let mapping =
        &document["components"]["schemas"]["TicketparkMessage"]["discriminator"]["mapping"];
    assert_eq!(mapping["new-updated"], mapping["person-updated"]);
}

#[test]
fn each_reference_leads_somewhere() {
    fn references(json: &Json, found: &mut Vec<String>) {
        match json {
            Json::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Json::as_str) {
                    found.push(reference.to_owned());
                }
                members.values().for_each(|value| references(value, found));
            }
            Json::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_document_is_always_the_same() {
    assert_eq!(
        cuebook_server::openapi_document("http://x"),
        cuebook_server::openapi_document("http://x")
    );
    assert_eq!(
        document()["servers"][0]["url"],
        "https://cuebook.example.com"
    );
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let running = Running::start().await;
    let get = async |path: &str| {
        let url = format!("{}{path}", running.url);
        running.client.get(url).send().await.unwrap()
    };
    let page = get("/docs").await;
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(
        !page.contains("http:") && !page.contains("https:"),
        "{page}"
    );
    assert!(!page.contains("<script>"), "no script stands in the page");
    for part in page.split('"').filter(|part| part.starts_with("/docs/")) {
        let asset = get(part).await;
        assert_eq!(asset.status(), 200, "{part}");
        assert!(!asset.text().await.unwrap().is_empty(), "{part}");
    }
    let script = get("/docs/swagger-ui.js").await;
    assert!(
        script.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/javascript")
    );
    assert!(script.text().await.unwrap().contains("SwaggerUIBundle"));
    assert!(
        get("/docs/start.js")
            .await
            .text()
            .await
            .unwrap()
            .contains("validatorUrl: null")
    );
}

#[tokio::test]
async fn the_document_is_served_as_json_and_as_yaml() {
    let running = Running::start().await;
    let url = format!("{}/openapi.json", running.url);
    let json: Json = running
        .client
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(json["servers"][0]["url"], running.url.as_str());
    let url = format!("{}/openapi.yaml", running.url);
    let yaml = running
        .client
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        yaml.contains("\n\"paths\":\n  \"/api/v1/")
            && yaml.contains("\n  \"/api/v1/audit\":\n    \"get\":\n"),
        "{yaml:.300}"
    );
}

#[test]
fn each_operation_that_changes_something_can_be_named_and_each_answer_has_its_id() {
    let document = document();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses {
            let headers = &response["headers"];
            assert!(headers["X-Request-Id"].is_object(), "{name} {status}");
        }
        let parameters = operation["parameters"].as_array();
        let named = parameters
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == "Idempotency-Key");
        let changes = name.contains("/api/v1/")
            && !name.starts_with("get ")
            && operation["security"][0]["key_read"].is_null();
        assert_eq!(named, changes, "{name}");
        let codes = &operation["responses"]["409"]["content"]["application/problem+json"];
        assert_eq!(
            codes.to_string().contains("idempotency_key_reused"),
            changes,
            "{name}"
        );
    }
}
