//! The document's addresses, and the page that shows it: Swagger UI out of the binary, without a script in the page, so
//! that a strict content security policy fits.

use std::sync::{LazyLock, OnceLock};

use bytes::Bytes;
use poem::http::header;
use poem::{Endpoint, Request, Response};
use poem_openapi::OpenApiService;

use super::build::document;
use super::yaml::to_yaml;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cuebook API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"#;

const START: &str = r##"SwaggerUIBundle({
    dom_id: "#ui",
    url: "/openapi.json",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    // Requests go to where the page came from, under whatever name, and nowhere else.
    requestInterceptor: (request) => {
        const { pathname, search } = new URL(request.url, location.href);
        request.url = location.origin + pathname + search;
        return request;
    },
});
"##;

/// Swagger UI's script and style, taken out of the page that poem has in the binary.
static SWAGGER_UI: LazyLock<(String, String)> = LazyLock::new(|| {
    let page = OpenApiService::new((), "", "").swagger_ui_html();
    let between = |open: &str, close: &str| {
        page.split_once(open)
            .and_then(|(_, rest)| rest.split_once(close))
            .map(|(text, _)| text.to_owned())
            .unwrap_or_default()
    };
    (
        between("<script charset=\"UTF-8\">", "</script>"),
        between("<style charset=\"UTF-8\">", "</style>"),
    )
});

/// A part of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asset {
    /// The page itself.
    Page,
    /// Swagger UI's style.
    Style,
    /// Swagger UI's script.
    Script,
    /// What starts it.
    Start,
}

impl Endpoint for Asset {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let (content_type, body): (&str, &'static str) = match self {
            Self::Page => ("text/html; charset=utf-8", PAGE),
            Self::Style => ("text/css; charset=utf-8", SWAGGER_UI.1.as_str()),
            Self::Script => ("text/javascript; charset=utf-8", SWAGGER_UI.0.as_str()),
            Self::Start => ("text/javascript; charset=utf-8", START),
        };
        let caching = match self {
            Self::Page | Self::Start => "no-cache",
            Self::Style | Self::Script => "public, max-age=3600",
        };
        Ok(Response::builder()
            .content_type(content_type)
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::CACHE_CONTROL, caching)
            .body(body))
    }
}

/// Builds the document when somebody first asks for it: anybody may ask, and to build it costs much.
pub(crate) struct Documents {
    public_url: String,
}

/// The document in one of its forms.
pub(crate) struct DocumentEndpoint {
    public_url: String,
    content_type: &'static str,
    write: fn(&serde_json::Value) -> String,
    written: OnceLock<Bytes>,
}

impl Documents {
    /// The document of an installation at `public_url`.
    pub(crate) fn new(public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
        }
    }

    /// As JSON.
    pub(crate) fn json(&self) -> DocumentEndpoint {
        self.written("application/json", |document| format!("{document:#}\n"))
    }

    /// As YAML.
    pub(crate) fn yaml(&self) -> DocumentEndpoint {
        self.written("application/yaml", to_yaml)
    }

    fn written(
        &self,
        content_type: &'static str,
        write: fn(&serde_json::Value) -> String,
    ) -> DocumentEndpoint {
        DocumentEndpoint {
            public_url: self.public_url.clone(),
            content_type,
            write,
            written: OnceLock::new(),
        }
    }
}

impl Endpoint for DocumentEndpoint {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let written = self
            .written
            .get_or_init(|| Bytes::from((self.write)(&document(&self.public_url))));
        Ok(Response::builder()
            .content_type(self.content_type)
            .header(header::CACHE_CONTROL, "no-cache")
            .body(written.clone()))
    }
}
