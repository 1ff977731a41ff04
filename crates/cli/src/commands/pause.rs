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
    after_help = "Examples:\n  cuebook resume\n  cuebook resume --dry-run\n  cuebook resume --rule new-booking/thank-you\n\nWithout --rule the pauses of everything are lifted; those of single rules stay and are listed."
)]
pub(crate) struct Resume {
    #[command(flatten)]
    what: What,
    /// Only say what would go on.
    #[arg(long)]
    dry_run: bool,
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
    ask(
        &arguments.what,
        "system/pause",
        &arguments.what.body(),
        paused,
        context,
    )
}

/// Resumes, and says what goes on.
pub(crate) fn resume(arguments: &Resume, context: &Context) -> Result<Exit, Failure> {
    let mut body = arguments.what.body();
    body["dry_run"] = Json::from(arguments.dry_run);
    let told = if arguments.dry_run {
        would_go_on
    } else {
        resumed
    };
    ask(&arguments.what, "system/resume", &body, told, context)
}

impl What {
    fn body(&self) -> Json {
        let mut body = json!({"sends": self.sends});
        if let Some(rule) = &self.rule {
            body["rule"] = Json::from(rule.as_str());
        }
        body
    }
}

fn ask(
    what: &What,
    path: &str,
    body: &Json,
    told: fn(&Json) -> String,
    context: &Context,
) -> Result<Exit, Failure> {
    let remote = Remote::new(context, what.json)?;
    block_on(async {
        let answer = remote.post(path, body).await?;
        remote.print(&answer, told);
        Ok(Exit::Good)
    })
}

fn paused(answer: &Json) -> String {
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

fn would_go_on(answer: &Json) -> String {
    let goes_on = goes_on(&answer["goes_on"]);
    format!(
        "`cuebook resume` would let go on: {goes_on}\n{}",
        paused(answer)
    )
}

fn resumed(answer: &Json) -> String {
    let goes_on = goes_on(&answer["goes_on"]);
    format!("was held: {goes_on}\n{}", paused(answer))
}

/// In words, what was held.
fn goes_on(counts: &Json) -> String {
    let number = |name: &str| counts[name].as_u64().unwrap_or(0);
    let of = |number: u64, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    };
    let doubt = match number("sends_in_doubt") {
        0 => String::new(),
        doubt => format!(" ({doubt} of them may have gone out before)"),
    };
    let sends = of(
        number("sends_due"),
        "send that is due",
        "sends that are due",
    );
    let parts = [
        of(
            number("runs_ready"),
            "run that is ready",
            "runs that are ready",
        ),
        of(
            number("runs_overdue"),
            "run whose wait is over",
            "runs whose wait is over",
        ),
        format!("{sends}{doubt}"),
        of(number("ticks_missed"), "missed tick", "missed ticks"),
    ];
    parts.join(", ")
}
