//! `GET /`: where is what. A page without script.

use poem::http::header;
use poem::{Endpoint, Request, Response};

/// The page at the root.
pub(crate) struct Landing(String);

impl Landing {
    /// The page of an installation at `public_url`.
    pub(crate) fn new(public_url: &str, version: &str) -> Self {
        let url = escaped(public_url);
        let version = escaped(version);
        Self(format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cuebook</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1c1b1a; background: #fff; }}
code {{ background: #f1efec; padding: .1em .3em; border-radius: .2em; }}
dt {{ margin-top: 1rem; font-weight: 600; }}
dd {{ margin: 0; }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eceae6; background: #1c1b1a; }} code {{ background: #33312e; }} a {{ color: #9fc5ff; }} }}
</style>
</head>
<body>
<h1>Cuebook {version}</h1>
<p>Receives Ticketpark’s webhooks and runs your rules on them.</p>
<dl>
<dt><a href="/docs">/docs</a></dt><dd>The API, described and to be tried. Also as <a href="/openapi.json">JSON</a> and <a href="/openapi.yaml">YAML</a>.</dd>
<dt>{url}/hooks/ticketpark/<em>token</em></dt><dd>Where Ticketpark sends its webhooks.</dd>
<dt>{url}/api/v1/</dt><dd>Events, runs, effects and rules, with a key.</dd>
<dt><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a></dt><dd>Alive, ready, and the numbers for Prometheus.</dd>
</dl>
<p>To see something happen: <code>cuebook trigger new-booking</code></p>
</body>
</html>
"#
        ))
    }
}

impl Endpoint for Landing {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        Ok(Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            )
            .body(self.0.clone()))
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_text_and_never_markup() {
        let Landing(page) = Landing::new("https://x\"><script>", "1");
        assert!(!page.contains("<script"));
    }
}
