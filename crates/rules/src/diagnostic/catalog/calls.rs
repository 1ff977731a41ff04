//! Calls: functions, arguments, and the names that stand in them.

use super::codes;

codes! {
    "Calls and names";

    UNKNOWN_FUNCTION = "E0301": "there is no such function",
        "All functions are in the reference. Most have a namespace, such as `http::get`.",
        "new-payment/example.rhai": "let booking = tickepark::booking(event.payload.booking_pid);\nlog::info(booking.pid);" => "let booking = ticketpark::booking(event.payload.booking_pid);\nlog::info(booking.pid);";
    ARGUMENT_COUNT = "E0302": "too few or too many arguments",
        "The hint shows how the function is called; what stands in `[ ]` may be left out.",
        "new-payment/example.rhai": "if once() { log::info(\"first\"); }" => "if once(\"first-\" + event.subject) { log::info(\"first\"); }";
    UNKNOWN_KEY = "E0303": "a function does not know this key",
        "The maps that functions take have fixed keys, so that a misspelt one is not ignored.",
        "new-payment/example.rhai": "email::send(#{ to: \"a@theatre.example\", subjct: \"Paid\", text: \"Thanks\" });" => "email::send(#{ to: \"a@theatre.example\", subject: \"Paid\", text: \"Thanks\" });";
    MISSING_KEY = "E0304": "a function needs a key that is not given",
        "Without it the call would throw where it stands.",
        "new-payment/example.rhai": "email::send(#{ to: \"a@theatre.example\", text: \"Thanks\" });" => "email::send(#{ to: \"a@theatre.example\", subject: \"Paid\", text: \"Thanks\" });";
    ARGUMENT_KIND = "E0305": "an argument is of the wrong kind",
        "The call would throw where it stands. Numbers become text with `${…}`, texts become decimals with `decimal(text)`.",
        "new-payment/example.rhai": "let tickets = #{};\nlet csv = csv::format(tickets);\nlog::info(csv);" => "let tickets = [];\nlet csv = csv::format(tickets);\nlog::info(csv);";
    DURATION = "E0306": "this is no length of time",
        "A length of time is a text: one whole number and one of the units `s`, `m`, `h`, `d`, `w`.",
        "new-payment/example.rhai": "sleep(3);\nlog::info(\"later\");" => "sleep(\"3d\");\nlog::info(\"later\");";
    UNKNOWN_VARIABLE = "E0307": "there is no such variable",
        "A variable is known from its `let` to the end of the block that it stands in.",
        "new-payment/example.rhai": "let amount = event.payload.amount;\nlog::info(`${amont}`);\nlog::info(`${amount}`);" => "let amount = event.payload.amount;\nlog::info(`${amount}`);\nlog::info(`${amount}`);";
    UNSEEN_VARIABLE = "E0308": "a function does not see the script's variables",
        "A function knows its parameters, `event`, and what is imported. Hand the value over, or read a constant as `global::NAME`. Closures (`|x| …`) see everything.",
        "new-payment/example.rhai": "const SHOP = \"shop@theatre.example\";\nfn warn() { log::warn(SHOP); }\nwarn();" => "const SHOP = \"shop@theatre.example\";\nfn warn() { log::warn(global::SHOP); }\nwarn();";
    UNKNOWN_WORD = "E0309": "the word is none of those that are taken",
        "Some texts are one of a few words. Another would throw where the call stands.",
        "new-payment/example.rhai": "state::incr(\"payments\", 1, \"global\");" => "state::incr(\"payments\", 1, \"shared\");";
    SHOWS_NOTHING = "W0310": "this shows nothing to anybody",
        "A rule has no screen. `log::info` writes into the run's log, which the console and the API show.",
        "new-payment/example.rhai": "print(event.payload.amount);" => "log::info(`${event.payload.amount}`);";
    UNKNOWN_METHOD = "E0311": "a value of this kind has no such function",
        "The names of texts' and arrays' functions are Rhai's: `len`, `contains`, `to_upper`, `index_of`, `sub_string`.",
        "new-payment/example.rhai": "let currency = event.payload.currency.toUpperCase();\nlog::info(currency);" => "let currency = text::upper(event.payload.currency);\nlog::info(currency);";
    SCOPE_AS_DEFAULT = "W0312": "a scope stands where the default does",
        "`state::get` takes the key, the default, and then the scope. With two arguments the word is the default, and the scope is the subject.",
        "new-payment/example.rhai": "let payments = state::get(\"payments\", \"rule\");\nlog::info(`${payments}`);" => "let payments = state::get(\"payments\", 0, \"rule\");\nlog::info(`${payments}`);";
}
