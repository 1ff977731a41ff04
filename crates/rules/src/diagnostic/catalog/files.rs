//! Where files lie, and the types of events that their folders and scripts name.

use super::codes;

codes! {
    "Folders and types of events";

    RULE_NAME = "E0601": "the file's name or place is no rule's",
        "A rule is `<event type>/<name>.rhai`; both names have letters, digits, `-` and `_`.",
        "example.rhai": "log::info(\"paid\");" => "log::info(\"paid\");";
    UNKNOWN_FOLDER = "W0603": "the folder is no type of event that is known",
        "Its rules run when an event of exactly this type comes: one that rules emit, or one that Ticketpark sends by now.",
        "new-paiment/example.rhai": "log::info(\"paid\");" => "log::info(\"paid\");";
    UNKNOWN_TYPE = "W0604": "a type of event is named that is not known",
        "A wait for it, a list of types or an emitted event would lead nowhere.",
        "new-booking/example.rhai": "wait_for(\"new-paymnt\", #{}, \"14d\");" => "wait_for(\"new-payment\", #{}, \"14d\");";
    NO_SCHEDULE = "E0605": "a rule on a timetable does not say when it runs",
        "The head of a rule in `schedule/` has the option `schedule`.",
        "schedule/example.rhai": "log::info(\"good morning\");" => "//! ```toml\n//! schedule = \"0 8 * * *\"\n//! ```\nlog::info(\"good morning\");";
    OTHER_TYPE = "W0606": "this rule never sees such an event",
        "The rule's folder, or `types` in its head, says which events it is for.",
        "new-payment/example.rhai": "if event.type == \"new-booking\" { log::info(\"booked\"); }" => "if event.type == \"new-payment\" { log::info(\"paid\"); }";
}
