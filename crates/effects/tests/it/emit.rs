//! `emit`: an event of Cuebook's own.

use cuebook_core::Value;
use cuebook_core::message::Message;
use cuebook_core::send::Route;

use crate::setup::{map, prepare};

#[test]
fn it_becomes_a_message_that_cuebook_reads() {
    let payload = map([
        ("booking_pid", Value::from("2932")),
        ("seats", Value::Int(2)),
    ]);
    let sends = prepare("emit", &[Value::from("seat-freed"), payload]).unwrap();
    assert_eq!(sends.len(), 1);
    assert_eq!(
        (sends[0].route, sends[0].target.as_str()),
        (Route::Event, "seat-freed")
    );
    let message = Message::parse(&sends[0].body).unwrap();
    assert_eq!(message.event_type.as_str(), "seat-freed");
    assert_eq!(message.subject.unwrap().as_str(), "2932");
    assert_eq!(message.payload["seats"], 2);
}

#[test]
fn what_is_no_event_throws_where_it_is_called() {
    let empty = || map([]);
    for arguments in [
        vec![Value::from("Seat Freed"), empty()],
        vec![Value::from("any"), empty()],
        vec![Value::from("seat-freed"), Value::from("text")],
        vec![Value::from("seat-freed")],
        vec![
            Value::from("seat-freed"),
            map([("k", Value::Secret("TOKEN".to_owned()))]),
        ],
        vec![
            Value::from("seat-freed"),
            map([("k", Value::from("x".repeat(1024 * 1024)))]),
        ],
    ] {
        assert_eq!(prepare("emit", &arguments).unwrap_err().kind, "invalid");
    }
}
