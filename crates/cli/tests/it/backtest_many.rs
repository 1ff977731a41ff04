//! A backtest over many events: it finds exactly what a one-line edit changes, and needs no more memory for more of them.
//!
//! The past is made by the store's own transitions. `cargo test --release -p cuebook --test it -- --ignored --nocapture
//! backtest_many` tells how fast it is over 100,000 events.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::effect::EffectState;
use cuebook_core::event::{Event, Origin};
use cuebook_core::events::EventType;
use cuebook_core::rule::{RuleName, RuleOptions, VersionHash};
use cuebook_core::secret::NoSecrets;
use cuebook_core::{Account, Chance, Clock, EventId, Pid};
use cuebook_rules::rehearse::{NoAnswers, Rehearsal, World};
use cuebook_rules::{Engine, Limits, Rule, RuleFiles, Settings, on_big_stack};
use cuebook_store::{
    AcceptEvent, Checkpoint, ClaimedRun, CompletedAs, RuleStart, SecretKey, Segment, Store,
    StoreSettings,
};
use futures::future::join_all;
use serde_json::Value as Json;

use crate::folder::Folder;

const NAME: &str = "new-booking/thank";
const RULE: &str = r#"let pid = event.payload.booking_pid;
let greeting = "Thank you";
email::send(#{ to: `${pid}@customers.example`, subject: `${greeting} for ${pid}`, text: "See you soon.\n\nYour theatre" });
"#;
/// So many events are written at a time.
const CHUNK: usize = 2_000;

/// What makes the past.
struct Past {
    store: Store,
    engine: Engine,
    rule: Arc<Rule>,
    chance: SystemChance,
}

impl Past {
    async fn open(folder: &Folder) -> Self {
        fs::create_dir_all(folder.path("data")).unwrap();
        let chance = SystemChance::default();
        let store = Store::open(StoreSettings {
            database_url: format!("sqlite://{}", folder.path("data/cuebook.db").display()),
            secret_key: SecretKey::generate(&chance),
            lease: StoreSettings::LEASE,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance::default()),
        })
        .await
        .unwrap();
        let engine = Engine::new(Settings {
            functions: cuebook_effects::kinds::descriptors(),
            timezone: chrono_tz::Europe::Zurich,
            default_locale: "de".to_owned(),
            default_from: Some(cuebook_effects::CAPTURED_SENDER.to_owned()),
            secrets: Arc::new(NoSecrets),
            memory: None,
            limits: Limits::default(),
        })
        .unwrap();
        let files = [(format!("{NAME}.rhai"), RULE.as_bytes().to_vec())];
        let checked = engine
            .check_apart(&RuleFiles(files.into_iter().collect()))
            .unwrap();
        let name: RuleName = NAME.parse().unwrap();
        let rule = Arc::clone(&checked.set.unwrap().rules[&name]);
        Self {
            store,
            engine,
            rule,
            chance,
        }
    }

    /// Bookings with these pids come, and each gets its mail.
    async fn bookings(&self, pids: std::ops::Range<usize>) {
        let accepted = pids.map(|pid| self.store.accept_event(self.booking(pid)));
        for accepted in join_all(accepted).await {
            accepted.unwrap();
        }
        let claimed = self
            .store
            .claim_runs(u32::try_from(CHUNK).unwrap())
            .await
            .unwrap();
        let mut events = Vec::new();
        for claimed in &claimed {
            events.push(
                self.store
                    .event(claimed.run.event_id)
                    .await
                    .unwrap()
                    .unwrap(),
            );
        }
        let segments: Vec<Segment> = on_big_stack(|| {
            let pairs = claimed.iter().zip(events);
            pairs
                .map(|(claimed, event)| self.segment(claimed, event))
                .collect()
        })
        .unwrap();
        let ended = claimed.iter().zip(segments).map(|(claimed, segment)| {
            let version = VersionHash(self.rule.version.0.clone());
            let checkpoint = Checkpoint::new(claimed.run.id, claimed.fence, version);
            self.store
                .complete_run(checkpoint, segment, CompletedAs::Completed)
        });
        for ended in join_all(ended).await {
            ended.unwrap();
        }
    }

    fn booking(&self, pid: usize) -> AcceptEvent {
        let now = SystemClock.now();
        let body = format!(r#"{{"type":"new-booking","payload":{{"booking_pid":{pid}}}}}"#);
        AcceptEvent {
            event: Event {
                id: EventId(self.chance.uuid(now)),
                account: Account::default(),
                event_type: Some(EventType::from_wire("new-booking")),
                wire_type: Some("new-booking".to_owned()),
                subject: Some(Pid::from(pid.to_string().as_str())),
                origin: Origin::Webhook,
                received_at: now,
                headers: Vec::new(),
                body: body.into_bytes(),
                capture: false,
                parent: None,
                depth: 0,
                trust: cuebook_core::event::Trust::Token,
            },
            rejected: None,
            rules: vec![RuleStart::new(
                self.rule.name.clone(),
                &RuleOptions::default(),
            )],
        }
    }

    /// What the rule sends on an event, as the worker would have it.
    fn segment(&self, claimed: &ClaimedRun, event: Event) -> Segment {
        let mut world = World::new(SystemClock.now());
        let run = Rehearsal::of_rule(&self.engine, &self.rule, Arc::new(event), &world);
        let mut run = run.with_id(claimed.run.id);
        run.go(&mut world, &mut NoAnswers);
        Segment {
            sends: run
                .sends()
                .map(|send| (send.clone(), EffectState::Captured))
                .collect(),
            ..Segment::default()
        }
    }
}

/// A folder whose database has this many bookings.
fn with_bookings(count: usize) -> Folder {
    let folder = Folder::new();
    folder.write(&format!("rules/{NAME}.rhai"), RULE);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let past = Past::open(&folder).await;
        let mut from = 0;
        while from < count {
            let to = (from + CHUNK).min(count);
            past.bookings(from..to).await;
            from = to;
        }
        past.store.close().await;
    });
    folder
}

/// What a backtest printed, how long it took, and how much memory it had at most, in KiB.
fn backtest(folder: &Folder, path: &str) -> (Json, Duration, u64) {
    let begun = Instant::now();
    let mut child = folder
        .command(
            &["backtest", path, "--format", "json", "--threads", "1"],
            &[],
        )
        .stdout(Stdio::from(
            fs::File::create(folder.path("out.json")).unwrap(),
        ))
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let code = loop {
        let memory = fs::read_to_string(&status).unwrap_or_default();
        let peak = memory.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(peak.unwrap_or(0));
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        thread::sleep(Duration::from_millis(5));
    };
    assert!(code.success());
    let json = serde_json::from_str(&folder.read("out.json")).unwrap();
    (json, begun.elapsed(), most)
}

/// Changes one line, and looks that exactly the mails that it changes are found. Gives how long that took and the memory.
fn edited(folder: &Folder, count: usize) -> (Duration, u64) {
    let line = "let greeting = \"Thank you\";";
    let other = "let greeting = if pid.ends_with(\"77\") { \"Hello\" } else { \"Thank you\" };";
    folder.write(&format!("try/{NAME}.rhai"), &RULE.replace(line, other));
    let (json, took, memory) = backtest(folder, &format!("try/{NAME}.rhai"));
    let expected: Vec<String> = (0..count)
        .map(|pid| pid.to_string())
        .filter(|pid| pid.ends_with("77"))
        .map(|pid| format!("Hello for {pid}"))
        .collect();
    let found: Vec<&str> = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["fields"]["subject"]["after"].as_str().unwrap())
        .collect();
    assert_eq!(found, expected, "each once, in order of arrival");
    assert_eq!(json["total"]["compared"], count);
    (took, memory)
}

#[test]
fn exactly_what_a_line_changes_is_found_over_several_pages() {
    let folder = with_bookings(700);
    let (json, ..) = backtest(&folder, "rules");
    assert_eq!(json["total"]["as_before"], 700);
    edited(&folder, 700);
}

#[test]
#[ignore = "takes a minute; tells how fast a backtest is, in release"]
fn a_hundred_thousand_events_take_seconds_and_the_memory_of_a_thousand() {
    let few = with_bookings(1_000);
    let (_, memory_of_few) = edited(&few, 1_000);
    let count = 100_000;
    let many = with_bookings(count);
    let (json, took, memory) = backtest(&many, "rules");
    assert_eq!(json["total"]["as_before"], count);
    let (edited, memory_edited) = edited(&many, count);
    let rate = |took: Duration| u128::try_from(count).unwrap() * 1_000 / took.as_millis().max(1);
    writeln!(
        std::io::stderr(),
        "unchanged: {} events/s, {memory} KiB; edited: {} events/s, {memory_edited} KiB; 1,000 events: {memory_of_few} KiB",
        rate(took),
        rate(edited),
    )
    .unwrap();
    assert!(
        memory < memory_of_few * 2,
        "memory grows: {memory_of_few} to {memory} KiB"
    );
}
