//! Lists of events.

use chrono::TimeDelta;
use cuebook_core::EventId;
use cuebook_core::event::{EventState, Origin};
use cuebook_store::{EventFilter, EventView, Listed, Page, RunFilter, SearchIn, Store};

use crate::script::{claim_one, complete};
use crate::stage::{Stage, stories};

async fn ids(store: &Store, filter: EventFilter) -> Vec<EventId> {
    let listed = store.list_events(&filter, &Page::default()).await.unwrap();
    listed.items.iter().map(|view| view.event.id).collect()
}

stories! {
    async fn pages_are_newest_first_and_stay_as_they_are(stage: &Stage) {
        let store = stage.open().await;
        let mut expected = Vec::new();
        for number in 0..5 {
            stage.pass(1);
            let accepted = store.accept_event(stage.booking(&number.to_string(), &[])).await.unwrap();
            expected.insert(0, accepted.id);
        }
        let mut page = Page { limit: 2, cursor: None };
        let mut seen = Vec::new();
        loop {
            let listed = store.list_events(&EventFilter::default(), &page).await.unwrap();
            seen.extend(listed.items.iter().map(|view| view.event.id));
            // What comes meanwhile is on no later page.
            store.accept_event(stage.booking("late", &[])).await.unwrap();
            page.cursor = listed.next;
            if page.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected);
    }

    async fn filters_narrow(stage: &Stage) {
        let store = stage.open().await;
        let mut one = stage.booking("100%", &["any/log"]);
        one.event.origin = Origin::Trigger;
        let one = store.accept_event(one).await.unwrap().id;
        stage.pass(60);
        let middle = stage.now();
        let two = store.accept_event(stage.booking("1000", &[])).await.unwrap().id;
        let all = EventFilter::default;
        assert_eq!(ids(&store, all()).await, [two, one]);
        let subject = Some("1000".to_owned());
        assert_eq!(ids(&store, EventFilter { subject, ..all() }).await, [two]);
        let origin = Some(Origin::Trigger);
        assert_eq!(ids(&store, EventFilter { origin, ..all() }).await, [one]);
        let rule = Some("any/log".parse().unwrap());
        assert_eq!(ids(&store, EventFilter { rule, ..all() }).await, [one]);
        assert_eq!(ids(&store, EventFilter { since: Some(middle), ..all() }).await, [two]);
        assert_eq!(ids(&store, EventFilter { until: Some(middle), ..all() }).await, [one]);
        let event_type = vec!["new-payment".to_owned()];
        assert!(ids(&store, EventFilter { event_type, ..all() }).await.is_empty());
        let since = Some(middle + TimeDelta::seconds(1));
        assert!(ids(&store, EventFilter { since, ..all() }).await.is_empty());
    }

    async fn text_is_found_in_subject_type_and_body_as_it_is(stage: &Stage) {
        let store = stage.open().await;
        let one = store.accept_event(stage.booking("100%", &[])).await.unwrap().id;
        let mut two = stage.booking("1000", &[]);
        two.event.body = "{\"type\":\"new-booking\",\"note\":\"Zürich\"}".as_bytes().to_vec();
        let two = store.accept_event(two).await.unwrap().id;
        let q = |text: &str| EventFilter { q: Some(text.to_owned()), ..EventFilter::default() };
        assert_eq!(ids(&store, q("0%")).await, [one], "a percent sign is no wildcard");
        assert_eq!(ids(&store, q("Zürich")).await, [two]);
        assert_eq!(ids(&store, q("w-book")).await, [two, one]);
        assert!(ids(&store, q("nowhere")).await.is_empty());
        let names = |text: &str| EventFilter { q_in: SearchIn::Names, ..q(text) };
        assert!(ids(&store, names("Zürich")).await.is_empty(), "a body is no name");
        assert_eq!(ids(&store, names("w-book")).await, [two, one]);
    }

    async fn a_list_leaves_large_bodies_out_and_the_event_itself_has_them(stage: &Stage) {
        let store = stage.open().await;
        let mut bodies = Vec::new();
        for size in [16 * 1024, 16 * 1024 + 1] {
            let mut accept = stage.booking("42", &[]);
            accept.event.body = vec![b'x'; size];
            bodies.push((accept.event.id, accept.event.body.clone()));
            store.accept_event(accept).await.unwrap();
        }
        let listed = store.list_events(&EventFilter::default(), &Page::default()).await.unwrap().items;
        assert_eq!((listed[1].event.body.len(), listed[1].without_body), (16 * 1024, false));
        assert_eq!((listed[0].event.body.len(), listed[0].without_body), (0, true));
        for (id, body) in bodies {
            let shown = store.show_event(id).await.unwrap().unwrap();
            assert_eq!((shown.event.body, shown.without_body), (body, false));
        }
    }

    async fn a_search_of_names_does_not_tell_an_address(stage: &Stage) {
        let store = stage.open().await;
        let accepted = store.accept_event(stage.booking("tom@tomsons.test", &["any/log"])).await.unwrap();
        let other = store.accept_event(stage.booking("293233446073", &["any/log"])).await.unwrap();
        let events = |text: &str, q_in| EventFilter { q: Some(text.to_owned()), q_in, ..EventFilter::default() };
        let runs = |text: &str, q_in| RunFilter { q: Some(text.to_owned()), q_in, ..RunFilter::default() };
        let found = async |text: &str, q_in| {
            let listed = store.list_runs(&runs(text, q_in), &Page::default()).await.unwrap();
            let runs: Vec<_> = listed.items.iter().map(|view| view.run.id).collect();
            (ids(&store, events(text, q_in)).await, runs)
        };
        let (everything, names) = (SearchIn::Everything, SearchIn::Names);
        assert_eq!(found("tomsons", everything).await, (vec![accepted.id], accepted.runs));
        assert_eq!(found("tomsons", names).await, (Vec::new(), Vec::new()));
        assert_eq!(found("33446", names).await, (vec![other.id], other.runs), "a pid may be searched");
        let mut typed = stage.booking("7", &[]);
        typed.event.wire_type = Some("ann@tomsons.test".to_owned());
        store.accept_event(typed).await.unwrap();
        assert_eq!(found("ann@", names).await, (Vec::new(), Vec::new()), "nor does an address as a type");
    }

    async fn the_state_follows_the_runs(stage: &Stage) {
        let store = stage.open().await;
        let id = store.accept_event(stage.booking("42", &["any/log"])).await.unwrap().id;
        let state = |state| EventFilter { state: Some(state), ..EventFilter::default() };
        assert_eq!(ids(&store, state(EventState::Pending)).await, [id]);
        let claimed = claim_one(&store).await;
        assert_eq!(ids(&store, state(EventState::Pending)).await, [id]);
        complete(&store, &claimed).await;
        assert!(ids(&store, state(EventState::Pending)).await.is_empty());
        assert_eq!(ids(&store, state(EventState::Processed)).await, [id]);
        assert!(ids(&store, state(EventState::NoRule)).await.is_empty());
    }

    async fn each_word_is_found_in_whatever_spelling(stage: &Stage) {
        let store = stage.open().await;
        for (subject, name) in [("1", r#""Zo\u00eb M\u00fcller""#), ("2", "\"Zo\u{eb} Meier\""), ("3", r#""a\/b 100% C\\d""#)] {
            let mut event = stage.booking(subject, &[]);
            event.event.body = format!(r#"{{"type":"new-booking","payload":{{"name":{name}}}}}"#).into_bytes();
            store.accept_event(event).await.unwrap();
        }
        let found = async |q: &str| {
            let filter = EventFilter { q: Some(q.to_owned()), ..EventFilter::default() };
            let listed = store.list_events(&filter, &Page::default()).await.unwrap();
            let mut found: Vec<String> = listed.items.iter().map(|view| view.event.subject.as_ref().unwrap().to_string()).collect();
            found.sort();
            found.concat()
        };
        for (q, expected) in [
            ("zo\u{eb}", "12"),
            ("M\u{fc}ller", "1"),
            ("meier ZO\u{eb}", "2"),
            ("M\u{fc}ller Meier", ""),
            ("a/b", "3"),
            ("100%", "3"),
            ("c\\d", "3"),
            ("1_0", ""),
            ("NEW-BOOKING", "123"),
            (" ", "123"),
        ] {
            assert_eq!(found(q).await, expected, "{q}");
        }
    }

    async fn a_page_is_the_same_again_whatever_has_come_since(stage: &Stage) {
        let store = stage.open().await;
        let mut ids = Vec::new();
        for number in 0..6 {
            let event = stage.booking(&number.to_string(), &[]);
            ids.push(store.accept_event(event).await.unwrap().id);
            stage.pass(1);
        }
        ids.reverse();
        let list = async |cursor| {
            let page = Page { limit: 3, cursor };
            store.list_events(&EventFilter::default(), &page).await.unwrap()
        };
        let of = |listed: &Listed<EventView>| listed.items.iter().map(|view| view.event.id).collect::<Vec<_>>();
        let first = list(None).await;
        assert_eq!(of(&first), ids[..3]);
        store.accept_event(stage.booking("new", &[])).await.unwrap();
        let second = list(first.next).await;
        assert_eq!((of(&second).as_slice(), second.next), (&ids[3..], None));
        assert_eq!(of(&list(first.next).await), of(&second));
    }
}
