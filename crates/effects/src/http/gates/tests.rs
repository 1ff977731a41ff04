//! Who is let in, who waits, and who gets whose place.

use futures::FutureExt;

use super::*;

/// Gates with a host that has earned all of its places.
async fn known(per_host: usize, in_all: usize, host: &str) -> Gates {
    let gates = Gates::new(per_host, in_all);
    for _ in 0..per_host {
        gates.enter(host).await.answered();
    }
    gates
}

#[tokio::test]
async fn a_full_host_waits_and_others_do_not() {
    let gates = Gates::new(2, 100);
    let first = gates.enter("slow").await;
    let _second = gates.enter("slow").await;
    assert!(gates.enter("slow").now_or_never().is_none());
    assert!(gates.enter("quick").now_or_never().is_some());
    assert!(gates.try_enter("slow").is_none());
    assert!(gates.try_enter("quick").is_some());
    drop(first);
    assert!(gates.enter("slow").now_or_never().is_some());
}

#[tokio::test]
async fn all_hosts_together_are_bounded() {
    let gates = Gates::new(20, 2);
    let _first = gates.enter("a").await;
    let _second = gates.enter("b").await;
    assert!(gates.enter("c").now_or_never().is_none());
}

#[tokio::test]
async fn a_host_earns_its_places_by_answers_and_loses_them_by_hanging() {
    let gates = known(8, 100, "a").await;
    let held: Vec<Passage> = std::iter::from_fn(|| gates.try_enter("a")).collect();
    assert_eq!(held.len(), 8);
    held[0].hangs();
    drop(held);
    let held: Vec<Passage> = std::iter::from_fn(|| gates.try_enter("a")).collect();
    assert_eq!(held.len(), 4);
    for passage in &held {
        passage.hangs();
    }
    drop(held);
    assert!(
        gates
            .try_enter("a")
            .is_some_and(|_held| gates.try_enter("a").is_none())
    );
}

#[tokio::test]
async fn of_a_host_that_is_not_known_few_are_let_in() {
    let gates = Gates::new(20, 100);
    let held: Vec<Passage> = std::iter::from_fn(|| gates.try_enter("new")).collect();
    assert_eq!(held.len(), 2);
}

#[tokio::test]
async fn what_is_slow_gives_its_place_to_others_but_not_to_its_own_host() {
    let gates = Gates::new(20, 2);
    let mut first = gates.enter("slow").await;
    let mut second = gates.enter("slow").await;
    let waits = gates.enter("quick");
    tokio::pin!(waits);
    assert!(waits.as_mut().now_or_never().is_none());
    first.is_slow();
    first.is_slow();
    assert!(waits.now_or_never().is_some());
    second.is_slow();
    assert!(gates.try_enter("slow").is_none());
    drop((first, second));
    let inside = gates.inside();
    assert_eq!((inside.quick, inside.slow), (0, 0));
}

#[tokio::test]
async fn what_is_slow_is_bounded_as_well() {
    let gates = Gates::new(1, 1);
    let mut slow = Vec::new();
    for host in ["a", "b", "c"] {
        let mut passage = gates.enter(host).await;
        passage.is_slow();
        slow.push(passage);
    }
    assert!(gates.try_enter("d").is_none());
    slow.pop();
    assert!(gates.try_enter("d").is_some());
}

#[tokio::test]
async fn those_who_wait_are_let_in_one_host_after_the_other() {
    let gates = Gates::new(1, 1);
    let held = gates.enter("first").await;
    let mut waiting = Vec::new();
    for host in ["a", "a", "a", "b"] {
        let mut entering = Box::pin(gates.enter(host));
        assert!(entering.as_mut().now_or_never().is_none());
        waiting.push((host, entering));
    }
    drop(held);
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let place = waiting
            .iter_mut()
            .position(|(_, entering)| entering.as_mut().now_or_never().is_some());
        order.push(waiting.remove(place.unwrap()).0);
    }
    assert_eq!(order, ["a", "b", "a", "a"]);
}

#[tokio::test]
async fn who_does_not_wait_any_more_takes_no_place() {
    let gates = Gates::new(1, 1);
    let held = gates.enter("a").await;
    let mut gone = Box::pin(gates.enter("a"));
    assert!(gone.as_mut().now_or_never().is_none());
    let mut waits = Box::pin(gates.enter("a"));
    assert!(waits.as_mut().now_or_never().is_none());
    drop(gone);
    drop(held);
    assert!(waits.now_or_never().is_some());
}

#[tokio::test]
async fn idle_hosts_are_forgotten() {
    let gates = Gates::new(1, 1);
    for number in 0..3 * REMEMBERED {
        gates.enter(&number.to_string()).await;
    }
    assert!(gates.inside().hosts.len() <= REMEMBERED);
}

#[tokio::test(start_paused = true)]
async fn one_queues_for_a_host_that_moves_and_for_a_moment_only() {
    let gates = known(1, 100, "host").await;
    let first = gates.enter("host").await;
    let queued = gates.queue("host").unwrap();
    assert!(queued.passage().await.is_none(), "a moment has passed");
    assert!(gates.queue("host").is_none(), "it hangs");
    first.answered();
    let queued = gates.queue("host").unwrap();
    drop(first);
    assert!(queued.passage().await.is_some());
}
