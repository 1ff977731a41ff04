//! The functions that steer a run. They have no descriptor, since they ask for nothing: they end a run, branch it, name a
//! secret, or say something to whoever reads the run later.

/// A function that steers a run.
pub(super) struct FlowFunction {
    /// How it is called.
    pub(super) signature: &'static str,
    /// What it does.
    pub(super) doc: &'static str,
    /// A piece of script that uses it.
    pub(super) example: &'static str,
}

/// All of them.
pub(super) const ALL: &[FlowFunction] = &[
    FlowFunction {
        signature: "skip(reason)",
        doc: "Ends the run as `skipped`: there was nothing to do. What the script sent since its last long wait is not sent. Nothing catches it.",
        example: "if event.payload.amount == 0 { skip(\"nothing was paid\"); }",
    },
    FlowFunction {
        signature: "fail(reason)",
        doc: "Ends the run as `failed`. What the script sent since its last long wait is not sent. Nothing catches it.",
        example: "if answer.status >= 400 { fail(`the CRM said ${answer.status}`); }",
    },
    FlowFunction {
        signature: "retry_in(delay, reason)",
        doc: "Ends this attempt; after the delay the script goes on from after its last write or long wait. Nothing catches it.",
        example: "if booking.tickets == () { retry_in(\"5m\", \"the tickets are not there yet\"); }",
    },
    FlowFunction {
        signature: "parallel([|| …, || …])` or `parallel(array, |item| …)",
        doc: "Runs functions beside each other, or one function for each item, and gives their answers as an array in the same order. Variables are copied into each branch; a branch cannot wait for a time.",
        example: "let tickets = parallel(event.payload.ticket_pids, |pid| ticketpark::ticket(pid));",
    },
    FlowFunction {
        signature: "secret(name)",
        doc: "A secret, by name. It goes into `auth`, into headers and into `crypto::hmac_sha256`, and never becomes text in a script.",
        example: "http::post(\"https://crm.example/contacts\", contact, #{ auth: #{ bearer: secret(\"CRM\") } });",
    },
    FlowFunction {
        signature: "log::info(message[, fields])",
        doc: "Adds a line to the run's log, with a map of fields if given. `log::trace`, `log::warn` and `log::error` are the same at other levels. A replay repeats no line.",
        example: "log::info(\"booked\", #{ booking: event.payload.booking_pid });",
    },
];
