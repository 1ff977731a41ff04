//! `cuebook test --from-run`: writes a test from a run that there was: its event, the answers that it got, what it did.

mod asserts;
mod find;
mod mocks;
mod place;
mod timeline;
mod write;

use std::time::Duration;

use cuebook_core::RunId;
use cuebook_rules::RuleFiles;

use self::place::Place;
use self::write::Detail;
use super::once;
use super::tested::Tested;
use crate::commands::test::Test;
use crate::config::Config;
use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::{engine, output};

/// Writes the test and runs it.
pub(crate) fn from_run(id: RunId, arguments: &Test, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let past = block_on(find::find(id, arguments, &config))?;
    let place = Place::of(&past, arguments, &config)?;
    let only = Test {
        paths: vec![place.file.clone()],
        filter: Some(format!("::{}", place.name)),
        ..arguments.clone()
    };
    let debounce = debounce(&place, &config)?;
    for detail in Detail::TRIED {
        place.add(&write::test(&past, &place, debounce, detail))?;
        if Tested::new(&only, &config)?.is_good() {
            break;
        }
    }
    output::note(format!(
        "wrote {} to {}\nit holds the data of the run's event and of the answers that it got: take out what is personal before you share it\n",
        place.name,
        place.file.display()
    ));
    once(&only, context)
}

/// How long the rule waits for quiet before it begins.
fn debounce(place: &Place, config: &Config) -> Result<Option<Duration>, Failure> {
    let files = RuleFiles::read(&place.root).map_err(Failure::usage)?;
    let engine = engine::for_tests(config).map_err(Failure::unreachable)?;
    let checked = engine.check_apart(&files).map_err(Failure::unreachable)?;
    let rule = checked
        .set
        .as_ref()
        .and_then(|set| set.rules.get(&place.rule));
    Ok(rule.and_then(|rule| rule.options.debounce))
}
