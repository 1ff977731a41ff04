//! The rest of the job: a rule that is compiled once, one HTTP call over a connection that is kept, and the mark that it is
//! done. 64 workers share the queue.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use rhai::{AST, Engine, Scope};
use tokio::sync::{Mutex, mpsc};

use super::writer::{Job, Writer};
use crate::load::Connection;

/// So many workers there are.
const WORKERS: usize = 64;
/// Filters, and builds a text: what Cuebook's rule does in the same scenario.
const RULE: &str = r#"
if event.payload.booking_pid.len() == 0 { return ""; }
`booking ${event.payload.booking_pid}`
"#;

struct Shop {
    queue: Mutex<mpsc::UnboundedReceiver<Job>>,
    writer: Writer,
    sink: SocketAddr,
    engine: Engine,
    rule: AST,
}

/// Starts them on the current runtime.
pub(super) fn start(
    queue: mpsc::UnboundedReceiver<Job>,
    writer: Writer,
    sink: SocketAddr,
) -> anyhow::Result<()> {
    let engine = Engine::new();
    let shop = Arc::new(Shop {
        queue: Mutex::new(queue),
        writer,
        sink,
        rule: engine.compile(RULE)?,
        engine,
    });
    for _ in 0..WORKERS {
        let shop = shop.clone();
        #[expect(clippy::disallowed_methods, reason = "they end with the process")]
        tokio::spawn(async move {
            // A call that fails ends its worker; the sink never refuses one, and the scenario counts what arrives.
            let _ = work(&shop).await;
        });
    }
    Ok(())
}

async fn work(shop: &Shop) -> anyhow::Result<()> {
    let mut connection = Connection::open(shop.sink).await?;
    loop {
        let job = shop.queue.lock().await.recv().await;
        let job = job.context("the writer has ended")?;
        let text = shop.evaluate(&job.body)?;
        let request = format!(
            "POST /sink HTTP/1.1\r\nhost: {}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{text}",
            shop.sink,
            text.len()
        );
        let status = connection.exchange(request.as_bytes()).await?;
        if status != 200 {
            bail!("the sink answered {status}");
        }
        shop.writer.done(job.id);
    }
}

impl Shop {
    fn evaluate(&self, body: &[u8]) -> anyhow::Result<String> {
        let event = self.engine.parse_json(str::from_utf8(body)?, true)?;
        let mut scope = Scope::new();
        scope.push_constant("event", event);
        Ok(self.engine.eval_ast_with_scope(&mut scope, &self.rule)?)
    }
}
