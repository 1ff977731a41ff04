//! Many hosts that hang, drip or reset at once, and those that do not.

use std::time::{Duration, Instant};

use cuebook_core::Value;
use cuebook_effects::Effects;
use futures::future::join_all;
use futures::stream::{FuturesUnordered, StreamExt as _};

use crate::peers::http::{Behaviour, HttpPeer, answer};
use crate::setup::{call, effects};

/// How many hosts misbehave, and how many requests wait for each.
const CROWD: usize = 100;
const EACH: usize = 20;
/// How many requests the good hosts get, one after the other.
const GOOD: usize = 60;

async fn crowd() -> Vec<HttpPeer> {
    let behaviours = [
        Behaviour::Hang,
        Behaviour::Drip,
        Behaviour::HalfAnswer,
        Behaviour::Reset,
    ];
    let peers = (0..CROWD).map(|number| HttpPeer::start([behaviours[number % 4].clone()]));
    join_all(peers).await
}

/// How long each of some requests to a good host takes, sorted.
async fn good_ones(effects: &Effects) -> Vec<Duration> {
    let peer = HttpPeer::start([answer("200 OK", &[], "fine")]).await;
    let arguments = [Value::from(peer.url("/"))];
    let mut took = Vec::new();
    for _ in 0..GOOD {
        let begun = Instant::now();
        call(effects, "http::get", &arguments).await.unwrap();
        took.push(begun.elapsed());
    }
    took.sort();
    took
}

#[tokio::test]
async fn a_hundred_hosts_that_hang_drip_or_reset_hold_up_no_other() {
    let crowd = crowd().await;
    let effects = effects();
    let arguments: Vec<[Value; 1]> = crowd
        .iter()
        .map(|peer| [Value::from(peer.url("/"))])
        .collect();
    // All that wait for the crowd are there before a good one comes.
    let mut stuck: FuturesUnordered<_> = arguments
        .iter()
        .flat_map(|arguments| std::iter::repeat_n(arguments, EACH))
        .map(|arguments| call(&effects, "http::get", arguments))
        .collect();
    let both = async {
        // Three good hosts that nobody has met before, at the same time.
        join_all((0..3).map(|_| good_ones(&effects))).await
    };
    tokio::pin!(both);
    let took = loop {
        tokio::select! {
            biased;
            Some(answer) = stuck.next() => assert!(answer.is_err()),
            took = &mut both => break took,
        }
    };
    for took in took {
        let p99 = took[GOOD * 99 / 100];
        assert!(p99 < Duration::from_secs(2), "{p99:?} of {took:?}");
    }
    assert!(
        stuck.len() > CROWD,
        "the crowd does not hang: {}",
        stuck.len()
    );
}
