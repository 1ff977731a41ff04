//! `ticketpark::booking`, `ticket`, `person`, `payment`, `show`, `event`: one record by its pid.

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, OptionKey, Parameter, ParameterKind,
};

use super::kind::{Kind, Perform};
use super::ticketpark::client;
use crate::arguments::{self, Options};
use crate::effects::{Call, Outside};
use crate::ticketpark::{pids_as_text, read_failure};

/// One collection of records, as its function reads it.
struct Collection {
    /// Its name in the API's paths.
    name: &'static str,
    /// The child records that come along where the script names none.
    properties: &'static [&'static str],
}

const OPTIONS: &[OptionKey] = &[OptionKey {
    name: "properties",
    kind: ParameterKind::Array,
    required: false,
    doc: "The child records that come along, by name.",
}];

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "pid",
        kind: ParameterKind::Text,
        required: true,
        doc: "The record's pid.",
    },
    Parameter {
        name: "options",
        kind: ParameterKind::Options(OPTIONS),
        required: false,
        doc: "Which child records come along.",
    },
];

macro_rules! record {
    ($(#[$doc:meta])* $constant:ident, $function:literal, $collection:literal, $properties:expr, $text:literal, $example:literal) => {
        $(#[$doc])*
        pub(super) const $constant: Kind = Kind {
            descriptor: FunctionDescriptor {
                name: $function,
                kind: FunctionKind::Read,
                parameters: PARAMETERS,
                answer: Answer::Map,
                doc: $text,
                example: $example,
            },
            perform: Perform::Call {
                run: |outside, call| {
                    const COLLECTION: Collection = Collection {
                        name: $collection,
                        properties: $properties,
                    };
                    Box::pin(read(&COLLECTION, outside, call))
                },
                target: |arguments| target($collection, arguments),
                repeats: |_| true,
            },
        };
    };
}

record!(
    /// `ticketpark::booking`
    BOOKING, "ticketpark::booking", "bookings", &["customer", "tickets"],
    "Reads a booking, with its customer and its tickets unless `properties` says otherwise.",
    "let booking = ticketpark::booking(event.payload.booking_pid);\nlog::info(`booking of ${booking.tickets.len()} tickets`);"
);
record!(
    /// `ticketpark::ticket`
    TICKET, "ticketpark::ticket", "tickets", &[],
    "Reads a ticket.",
    "let ticket = ticketpark::ticket(event.payload.ticket_pids[0]);\nlog::info(ticket.seat_string);"
);
record!(
    /// `ticketpark::person`
    PERSON, "ticketpark::person", "persons", &[],
    "Reads a person.",
    "let person = ticketpark::person(event.payload.person_pid);\nlog::info(person.locale);"
);
record!(
    /// `ticketpark::payment`
    PAYMENT, "ticketpark::payment", "payments", &[],
    "Reads a payment.",
    "let payment = ticketpark::payment(event.payload.payment_pid);\nlog::info(`paid ${payment.amount}`);"
);
record!(
    /// `ticketpark::show`
    SHOW, "ticketpark::show", "shows", &[],
    "Reads a show; `properties: [\"capacity\"]` brings along how many seats are left.",
    "let show = ticketpark::show(\"5eb2f8c2a1\", #{ properties: [\"capacity\"] });\nlog::info(`${show.capacity.total.available} seats are left`);"
);
record!(
    /// `ticketpark::event`
    EVENT, "ticketpark::event", "events", &[],
    "Reads an event of the programme (not to be confused with the event that a rule runs on).",
    "let programme = ticketpark::event(\"5eb2f8c2a1\");\nlog::info(programme.name);"
);

async fn read(
    collection: &Collection,
    outside: &Outside,
    call: &Call<'_>,
) -> Result<Value, AttemptError> {
    let pid = arguments::text(call.arguments, 0, "pid").map_err(AttemptError::fail)?;
    let properties = properties(collection, call.arguments.get(1)).map_err(AttemptError::fail)?;
    let record = client(outside)?
        .record(collection.name, pid, &properties)
        .await
        .map_err(|error| read_failure(&error))?;
    Ok(pids_as_text(&record))
}

fn properties(collection: &Collection, options: Option<&Value>) -> Result<Vec<String>, CallError> {
    let options = Options::check(options, OPTIONS)?;
    let Some(named) = options.get("properties").and_then(Value::as_array) else {
        return Ok(collection
            .properties
            .iter()
            .map(|&name| name.to_owned())
            .collect());
    };
    named
        .iter()
        .map(|name| {
            name.as_text().map(str::to_owned).ok_or_else(|| {
                CallError::invalid(format!("properties are strings, not {}", name.kind()))
            })
        })
        .collect()
}

fn target(collection: &str, arguments: &[Value]) -> String {
    let pid = arguments
        .first()
        .and_then(Value::as_text)
        .unwrap_or_default();
    format!("Ticketpark /{collection}/{pid}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOKINGS: Collection = Collection {
        name: "bookings",
        properties: &["customer", "tickets"],
    };

    #[test]
    fn properties_may_be_named_and_may_be_none() {
        let named = |list: &[&str]| {
            let list = list.iter().map(|&name| Value::from(name)).collect();
            properties(
                &BOOKINGS,
                Some(&Value::from([("properties", Value::Array(list))])),
            )
            .unwrap()
        };
        assert_eq!(
            properties(&BOOKINGS, None).unwrap(),
            ["customer", "tickets"]
        );
        assert_eq!(named(&["payments"]), ["payments"]);
        assert_eq!(named(&[]), [""; 0]);
    }
}
