//! `cuebook pause` and `cuebook resume`: the stop button.

use clap::Args;
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table};

/// Press the stop button: webhooks are still stored, nothing begins to run or is sent, also after a restart.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook pause\n  cuebook pause --sends\n  cuebook pause --rule new-booking/thank-you"
)]
pub(crate) struct Pause {
    #[command(flatten)]
    what: What,
}

/// Let go on what was paused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook resume\n  cuebook resume --rule new-booking/thank-you\n\nWithout --rule the pauses of everything are lifted; those of single rules stay and are listed."
)]
pub(crate) struct Resume {
    #[command(flatten)]
    what: What,
}

/// What is meant.
#[derive(Debug, Args)]
struct What {
    /// Of this rule only.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Only what is sent; runs go on.
    #[arg(long)]
    sends: bool,
    /// Print the API's answer as it is.
    #[arg(long)]
    json: bool,
}

/// Pauses.
pub(crate) fn pause(arguments: &Pause, context: &Context) -> Result<Exit, Failure> {
    ask(&arguments.what, "system/pause", context)
}

/// Resumes.
pub(crate) fn resume(arguments: &Resume, context: &Context) -> Result<Exit, Failure> {
    ask(&arguments.what, "system/resume", context)
}

fn ask(what: &What, path: &str, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, what.json)?;
    let mut body = json!({"sends": what.sends});
    if let Some(rule) = &what.rule {
        body["rule"] = Json::from(rule.as_str());
    }
    block_on(async {
        let answer = remote.post(path, &body).await?;
        remote.print(&answer, told);
        Ok(Exit::Good)
    })
}

fn told(answer: &Json) -> String {
    let mut table = Table::new(&["PAUSED", "OF", "SINCE"]);
    for pause in answer["paused"].as_array().into_iter().flatten() {
        let what = if pause["sends_only"] == true {
            "sends"
        } else {
            "runs and sends"
        };
        let text = |value: &Json, none: &str| value.as_str().unwrap_or(none).to_owned();
        table.row([
            what.to_owned(),
            text(&pause["rule"], "all rules"),
            text(&pause["since"], ""),
        ]);
    }
    table.text("everything runs")
}
