//! What is of no use. Names that begin with `_` are left alone.

use super::codes;

codes! {
    "What is of no use";

    UNUSED_VARIABLE = "W0801": "a variable is never read",
        "Most often another was meant. A name that begins with `_` says that it is so on purpose.",
        "new-payment/example.rhai": "let pid = event.payload.booking_pid;\nlog::info(event.payload.payment_pid);" => "let pid = event.payload.booking_pid;\nlog::info(pid);";
    UNUSED_FUNCTION = "W0802": "a function is never called",
        "Functions of a rule are for that rule alone; those for several stand in `lib/`.",
        "new-payment/example.rhai": "fn greet(name) { log::info(name); }\nlog::info(\"paid\");" => "fn greet(name) { log::info(name); }\ngreet(\"Tom\");";
    UNUSED_IMPORT = "W0803": "an import is never used",
        "It is part of the rule's version all the same: each change of the library would be a new version of this rule.",
        "new-payment/example.rhai": "import \"lib/mail\" as mail;\nlog::info(\"paid\");" => "import \"lib/mail\" as mail;\nlog::info(mail::greet(\"Tom\"));";
    NO_EFFECT = "W0804": "a comparison stands alone",
        "Its answer is thrown away. `=` gives a variable a value; `==` only compares.",
        "new-payment/example.rhai": "let total = 0;\ntotal == 5;\nlog::info(`${total}`);" => "let total = 0;\ntotal = 5;\nlog::info(`${total}`);";
    UNKNOWN_ALLOWED = "W0805": "a comment allows what is no warning",
        "`// cuebook: allow(W0801)` names codes of warnings. Errors cannot be allowed: such a set could not run.",
        "new-payment/example.rhai": "// cuebook: allow(W9999)\nlog::info(\"paid\");" => "log::info(\"paid\");";
}
