//! What is no script: syntax, files that cannot be read, imports.

use super::codes;

codes! {
    "The script itself";

    SYNTAX = "E0101": "the script is no valid Rhai",
        "The parser stopped here, and nothing after this place was looked at. Most often something is missing just before it.",
        "new-payment/example.rhai": "let pids = [\"a\" \"b\"];\nlog::info(pids[0]);" => "let pids = [\"a\", \"b\"];\nlog::info(pids[0]);";
    TOO_LONG = "E0102": "the file is longer than files may be",
        "A script has 64 KiB at most, and a template 256 KiB. Move functions into `lib/`, and pictures to an address that mails link to.",
        "": "a file of 70 KiB" => "two files: functions in `lib/`";
    NOT_UTF8 = "E0103": "the file is no UTF-8",
        "Scripts and templates are UTF-8 text. Editors call it so in the dialogue with which they save a file.",
        "": "a file saved as Latin-1" => "the same saved as UTF-8";
    IMPORT = "E0104": "an import leads nowhere",
        "An import names a file of `lib/` by a plain text without `.rhai`, so that a version of a rule is known to be made of these files and no others.",
        "new-payment/example.rhai": "import \"mail\" as mail;\nmail::greet();" => "import \"lib/mail\" as mail;\nmail::greet(\"Tom\");";
    IMPORT_CIRCLE = "E0105": "libraries import each other in a circle",
        "Neither could be compiled before the other. Move what both need into a third library.",
        "lib/example.rhai": "import \"lib/example\" as again;\nfn row(ticket) { again::row(ticket) }" => "fn row(ticket) { ticket.pid }";
    LIBRARY_STATEMENT = "E0106": "a library does something when it is imported",
        "A library holds functions and constants only, so that importing it does nothing.",
        "lib/example.rhai": "log::info(\"loaded\");" => "fn greet() { log::info(\"loaded\"); }";
    MISSING_SEMICOLON = "E0107": "a `;` is missing",
        "A statement ends with `;`, also before a line break.",
        "new-payment/example.rhai": "let pid = event.payload.booking_pid\nlog::info(pid);" => "let pid = event.payload.booking_pid;\nlog::info(pid);";
    UNCLOSED = "E0108": "a bracket is never closed, or closes nothing",
        "Each `{`, `#{`, `(` and `[` has its end. The place shown is where the innermost open one begins.",
        "new-payment/example.rhai": "if event.payload.amount > 100 {\n    log::info(\"much\");\n" => "if event.payload.amount > 100 {\n    log::info(\"much\");\n}\n";
    RESERVED_NAME = "E0109": "the name is one that Rhai keeps for itself",
        "Rhai reserves some words for later, or uses them itself: they cannot name variables or functions. As the key of a map or a property, write it in quotes: `row[\"case\"]`.",
        "new-payment/example.rhai": "let case = event.payload.amount;\nlog::info(`${case}`);" => "let reason = event.payload.amount;\nlog::info(`${reason}`);";
    FOREIGN_SYNTAX = "E0110": "this is how another language writes it",
        "Rhai looks like JavaScript and Rust, and is neither. The hint says how Rhai writes the same.",
        "new-payment/example.rhai": "if event.payload.currency === \"CHF\" { log::info(\"francs\"); }" => "if event.payload.currency == \"CHF\" { log::info(\"francs\"); }";
    ASSIGNED_IN_CONDITION = "E0111": "a condition assigns",
        "`=` gives a variable a value; `==` compares.",
        "new-payment/example.rhai": "if event.payload.currency = \"CHF\" { log::info(\"francs\"); }" => "if event.payload.currency == \"CHF\" { log::info(\"francs\"); }";
    TEXT_QUOTES = "E0112": "a text does not end, or stands in the wrong quotes",
        "A text stands in `\"…\"` on one line, or in backticks, where `${…}` puts values in and lines may break. `'x'` is one single character.",
        "new-payment/example.rhai": "log::info('paid in francs');" => "log::info(\"paid in francs\");";
    CONSTANT_ASSIGNED = "E0113": "a constant is given another value",
        "`const` makes a value that never changes; `let` makes a variable.",
        "new-payment/example.rhai": "const TOTAL = 0;\nTOTAL = 5;\nlog::info(`${TOTAL}`);" => "let total = 0;\ntotal = 5;\nlog::info(`${total}`);";
}
