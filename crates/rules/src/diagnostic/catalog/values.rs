//! Values: the event, what is compared with what, secrets, addresses.

use super::codes;

codes! {
    "Values";

    UNKNOWN_FIELD = "E0401": "the payload of this type of event has no such field",
        "Ticketpark's messages have few fields; all are in the reference of events. What a booking holds is read with `ticketpark::booking`.",
        "new-payment/example.rhai": "let payload = event.payload;\nlog::info(payload.bookng_pid);" => "let payload = event.payload;\nlog::info(payload.booking_pid);";
    UNKNOWN_EVENT_PROPERTY = "E0402": "an event has no such property",
        "The fields of the message are in `event.payload`.",
        "new-payment/example.rhai": "log::info(event.booking_pid);" => "log::info(event.payload.booking_pid);";
    UNKNOWN_AWAITED_FIELD = "W0403": "a wait asks for a field that the payload does not have",
        "No event would ever match: only the timeout would end the wait.",
        "new-booking/example.rhai": "wait_for(\"new-payment\", #{ booking: event.payload.booking_pid }, \"14d\");" => "wait_for(\"new-payment\", #{ booking_pid: event.payload.booking_pid }, \"14d\");";
    DECIMAL_AND_TEXT = "W0404": "a decimal is compared with a text",
        "They are never equal, and neither is less than the other. `event.payload.amount` is a decimal: write the number without quotes.",
        "new-payment/example.rhai": "if event.payload.amount == \"50.00\" { log::info(\"fifty\"); }" => "if event.payload.amount == 50.00 { log::info(\"fifty\"); }";
    PID_AND_NUMBER = "W0405": "a pid is compared with a number",
        "Pids are texts, exactly as Ticketpark wrote them: long ones would not fit into a number.",
        "new-payment/example.rhai": "if event.payload.booking_pid == 293233446073 { log::info(\"it\"); }" => "if event.payload.booking_pid == \"293233446073\" { log::info(\"it\"); }";
    NEVER_EQUAL = "W0406": "values of these kinds are never equal",
        "Rhai compares values of different kinds without an error, and the answer is always the same.",
        "new-payment/example.rhai": "if event.received_at > \"2026-01-01\" { log::info(\"this year\"); }" => "if event.received_at > time::parse(\"2026-01-01\") { log::info(\"this year\"); }";
    SECRET_AS_TEXT = "E0407": "a secret becomes text",
        "A secret goes into `auth`, into `headers` and into `crypto::hmac_sha256`, and nowhere else. A run that turns it into text ends `failed`.",
        "new-payment/example.rhai": "http::get(\"https://crm.example/\", #{ headers: #{ authorization: \"Bearer \" + secret(\"CRM\") } });" => "http::get(\"https://crm.example/\", #{ auth: #{ bearer: secret(\"CRM\") } });";
    UNKNOWN_SECRET = "W0408": "there is no secret of this name",
        "Set it with the environment variable `CUEBOOK_SECRET_NAME`, or by `PUT /api/v1/secrets/NAME`. Without it the call fails.",
        "new-payment/example.rhai": "http::get(\"https://crm.example/\", #{ auth: #{ bearer: secret(\"CMR\") } });" => "http::get(\"https://crm.example/\", #{ auth: #{ bearer: secret(\"CRM\") } });";
    PLAIN_HTTP = "W0409": "the address is not https",
        "Requests go out encrypted. Plain `http://` is refused unless `egress.allow` names the host.",
        "new-payment/example.rhai": "http::get(\"http://crm.example/\");" => "http::get(\"https://crm.example/\");";
    EVENT_ASSIGNED = "E0410": "the event is changed",
        "`event` is a constant: it is what came in. Copy what you want to change into a variable.",
        "new-payment/example.rhai": "event.payload.amount = 0.0;" => "let amount = 0.0;\nlog::info(`${amount}`);";
    EVENT_SHADOWED = "W0411": "a variable hides the event",
        "From here on `event` is this variable, and the event that the rule runs on is out of reach.",
        "new-payment/example.rhai": "let event = ticketpark::event(\"5eb2f8c2a1\");\nlog::info(event.name);" => "let programme = ticketpark::event(\"5eb2f8c2a1\");\nlog::info(programme.name);";
    UNKNOWN_PROPERTY = "E0412": "a value of this kind has no such property",
        "Only maps have any property; of others it would throw. The length of a text or an array is `.len()`.",
        "new-payment/example.rhai": "let pids = [event.payload.booking_pid];\nlog::info(`${pids.length}`);" => "let pids = [event.payload.booking_pid];\nlog::info(`${pids.len()}`);";
    NO_CONDITION = "E0413": "a condition is neither true nor false",
        "Rhai takes no text, number or `()` for a condition: compare it with something.",
        "new-payment/example.rhai": "if event.payload.booking_pid { log::info(\"a booking\"); }" => "if event.payload.booking_pid != () { log::info(\"a booking\"); }";
}
