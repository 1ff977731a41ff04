//! The rules: one that does everything that can be done, and one for the event that it emits.

use crate::aftermath::ONCE;

/// What the webhook says.
pub(super) const WEBHOOK: &str = r#"{"type":"new-booking","payload":{"booking_pid":293233446073}}"#;

/// Everything, with another system at `peer`.
pub(super) fn everything(peer: &str) -> String {
    format!(
        r#"//! Does everything that can be done.
log::info("begun");
let booking = ticketpark::booking(event.payload.booking_pid, #{{ properties: ["customer"] }});
let stock = http::get("{peer}/stock");
let made = http::post("{peer}/always", #{{ pid: booking.pid }}, #{{ retry: "always" }});
try {{
    http::post("{peer}/{ONCE}", #{{ pid: booking.pid, after: made.json.number }});
}} catch (error) {{
    if error.kind != "unknown" {{ throw error; }}
}}
webhook::send("{peer}/early", #{{ pid: booking.pid }});
http::put("{peer}/put", #{{ stock: stock.json.number }});
let read = parallel([
    || http::get("{peer}/left").json.number,
    || http::get("{peer}/middle").json.number,
    || ticketpark::person(booking.customer.pid).email,
]);
log::info("read", #{{ left: read[0] }});
sleep("1s");
http::put("{peer}/late", #{{ email: read[2], first: once("late", "1h") }});
state::incr("seen");
emit("everything-done", #{{ booking_pid: booking.pid }});
if wait_for("everything-done", #{{ booking_pid: booking.pid }}, "1h") == () {{ fail("it came"); }}
log::info("waited", #{{ seen: state::get("seen") }});
state::set("ended", true);
email::send(#{{ to: booking.customer.email, subject: "Everything", text: "It is done." }});
webhook::send("{peer}/hook", #{{ pid: booking.pid, middle: read[1] }});
log::info("ended");
"#
    )
}

/// The rule for the emitted event.
pub(super) fn afterwards(peer: &str) -> String {
    format!(
        r#"//! What comes after everything.
http::put("{peer}/afterwards", #{{ pid: event.payload.booking_pid }});
"#
    )
}
