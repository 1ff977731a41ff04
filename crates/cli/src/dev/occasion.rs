//! The event that a changed rule is tried on: the newest stored one that is for it, else the sample of its type.

use std::sync::Arc;

use anyhow::anyhow;
use cuebook_core::Timestamp;
use cuebook_core::chance::CountedChance;
use cuebook_core::event::Event;
use cuebook_core::rule::RuleName;
use cuebook_rules::{Rule, RuleSet};
use cuebook_store::{EventFilter, EventView, Page, PastRun, Store};

use crate::dry_run::{Given, Later, chosen, own};

/// The folder of rules on several types, and those of rules that no event of a type is for.
const ANY: &str = "any";
const BY_NAME: &[&str] = &["manual", "schedule"];

/// An event with what belongs to it.
pub(super) struct Occasion {
    /// The event.
    pub(super) event: Arc<Event>,
    /// Its run of the rule, whose answers are given again.
    pub(super) past: Option<PastRun>,
    /// What came later about the same subject.
    pub(super) later: Vec<Later>,
    /// Whether it is only a sample.
    pub(super) is_sample: bool,
}

/// The newest stored event that `rule` of `set` is for.
pub(super) async fn stored(
    store: &Store,
    set: &RuleSet,
    rule: &Rule,
) -> anyhow::Result<Option<Occasion>> {
    let by_name = BY_NAME.contains(&rule.name.folder());
    let list = store.list_events(&filter(rule), &Page::default()).await?;
    let is_for = |view: &&EventView| {
        let rules = view.event.event_type.as_ref();
        rules.is_some_and(|event_type| {
            by_name
                || set
                    .for_event(event_type, view.event.origin)
                    .iter()
                    .any(|other| other.name == rule.name)
        })
    };
    let Some(found) = list.items.iter().find(is_for) else {
        return Ok(None);
    };
    // A list leaves large bodies out.
    let event = store.event(found.event.id).await?;
    let Some(event) = event.filter(|event| !event.body.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(Occasion {
        past: store.past_run(event.id, &rule.name).await?,
        later: later(store, &event).await?,
        event: Arc::new(event),
        is_sample: false,
    }))
}

fn filter(rule: &Rule) -> EventFilter {
    let mut filter = EventFilter::default();
    match rule.name.folder() {
        ANY => filter.event_type.clone_from(&rule.options.types),
        folder if BY_NAME.contains(&folder) => filter.rule = Some(rule.name.clone()),
        folder => filter.event_type.push(folder.to_owned()),
    }
    filter
}

/// What came later about the subject of `event`, in order of arrival.
async fn later(store: &Store, event: &Event) -> anyhow::Result<Vec<Later>> {
    let Some(subject) = &event.subject else {
        return Ok(Vec::new());
    };
    let filter = EventFilter {
        subject: Some(subject.as_str().to_owned()),
        ..EventFilter::default()
    };
    let list = store.list_events(&filter, &Page::default()).await?;
    let came_later = |view: &EventView| view.event.id.0 > event.id.0 && !view.without_body;
    let newest_first = list.items.into_iter().filter(came_later);
    let mut later: Vec<Later> = newest_first.map(|view| Arc::new(view.event)).collect();
    later.reverse();
    Ok(later)
}

/// The sample of the rule's type.
pub(super) fn sample(rule: &Rule, now: Timestamp) -> anyhow::Result<Occasion> {
    let given = given(&rule.name, rule.options.types.first())?;
    let event = own(&given, &rule.name, &[], &CountedChance::default(), now)?;
    Ok(Occasion {
        event: Arc::new(event),
        past: None,
        later: Vec::new(),
        is_sample: true,
    })
}

fn given(rule: &RuleName, first: Option<&String>) -> anyhow::Result<Given> {
    let named: Option<Given> = match first {
        Some(event_type) if rule.folder() == ANY => Some(event_type.parse()?),
        _ => None,
    };
    chosen(named.as_ref(), rule).map_err(|_| {
        anyhow!("no event has come to try it on: `cuebook run {rule}` takes one with --event")
    })
}
