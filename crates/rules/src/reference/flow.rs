//! The functions that steer a run. They have no descriptor, since they ask for nothing: they end a run, branch it, name a
//! secret, or say something to whoever reads the run later.

/// A function that steers a run.
pub(crate) struct FlowFunction {
    /// How it is called.
    pub(crate) signature: &'static str,
    /// What it does.
    pub(crate) doc: &'static str,
    /// A piece of script that uses it.
    pub(crate) example: &'static str,
    /// How it is declared: its namespace, if it has one, and what stands behind `fn`.
    pub(crate) declared: &'static [(Option<&'static str>, &'static str)],
}

/// All of them.
pub(crate) const ALL: &[FlowFunction] = &[
    FlowFunction {
        signature: "skip(reason)",
        doc: "Ends the run as `skipped`: there was nothing to do. What the script sent since its last long wait is not sent. Nothing catches it.",
        example: "if event.payload.amount == 0 { skip(\"nothing was paid\"); }",
        declared: &[(None, "skip(reason: String)")],
    },
    FlowFunction {
        signature: "fail(reason)",
        doc: "Ends the run as `failed`. What the script sent since its last long wait is not sent. Nothing catches it.",
        example: "if answer.status >= 400 { fail(`the CRM said ${answer.status}`); }",
        declared: &[(None, "fail(reason: String)")],
    },
    FlowFunction {
        signature: "retry_in(delay, reason)",
        doc: "Ends this attempt; after the delay the script goes on from after its last write or long wait. Nothing catches it.",
        example: "if booking.tickets == () { retry_in(\"5m\", \"the tickets are not there yet\"); }",
        declared: &[(None, "retry_in(delay: String, reason: String)")],
    },
    FlowFunction {
        signature: "parallel([|| …, || …])` or `parallel(array, |item| …)",
        doc: "Runs functions beside each other, or one function for each item, and gives their answers as an array in the same order. Variables are copied into each branch; a branch cannot wait for a time.",
        example: "let tickets = parallel(event.payload.ticket_pids, |pid| ticketpark::ticket(pid));",
        declared: &[
            (None, "parallel(branches: Array) -> Array"),
            (None, "parallel(items: Array, each: FnPtr) -> Array"),
        ],
    },
    FlowFunction {
        signature: "secret(name)",
        doc: "A secret, by name. It goes into `auth`, into headers and into `crypto::hmac_sha256`, and never becomes text in a script.",
        example: "http::post(\"https://crm.example/contacts\", contact, #{ auth: #{ bearer: secret(\"CRM\") } });",
        declared: &[(None, "secret(name: String) -> secret")],
    },
    FlowFunction {
        signature: "log::info(message[, fields])",
        doc: "Adds a line to the run's log, with a map of fields if given. `log::trace`, `log::warn` and `log::error` are the same at other levels. A replay repeats no line.",
        example: "log::info(\"booked\", #{ booking: event.payload.booking_pid });",
        declared: &[
            (Some("log"), "trace(message: String)"),
            (Some("log"), "trace(message: String, fields: Map)"),
            (Some("log"), "info(message: String)"),
            (Some("log"), "info(message: String, fields: Map)"),
            (Some("log"), "warn(message: String)"),
            (Some("log"), "warn(message: String, fields: Map)"),
            (Some("log"), "error(message: String)"),
            (Some("log"), "error(message: String, fields: Map)"),
        ],
    },
];
