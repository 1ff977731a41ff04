//! The order of things: what happens when, what never happens, and what never ends.

use super::codes;

codes! {
    "Flow";

    SEND_BEFORE_WRITE = "W0701": "a call that writes stands after a send",
        "What is sent goes out when the script has ended or waits: after the call, although it stands before it.",
        "new-payment/example.rhai": "webhook::send(\"https://a.example/\", #{ paid: true });\nhttp::post(\"https://b.example/\", #{ paid: true });" => "http::post(\"https://b.example/\", #{ paid: true });\nwebhook::send(\"https://a.example/\", #{ paid: true });";
    UNREACHABLE = "W0702": "this is never reached",
        "`skip`, `fail`, `retry_in`, `return` and `throw` end the script or the function; what stands after them in the same block does not run.",
        "new-payment/example.rhai": "skip(\"nothing to do\");\nlog::info(\"done\");" => "log::info(\"done\");\nskip(\"nothing to do\");";
    SEND_RESULT = "W0703": "the answer of a send is used",
        "A send leaves when the script has ended or waits: its answer is `()`. How it went stands in the ledger.",
        "new-payment/example.rhai": "let sent = webhook::send(\"https://a.example/\", #{ paid: true });\nif sent == () { log::info(\"sent\"); }" => "webhook::send(\"https://a.example/\", #{ paid: true });\nlog::info(\"sent\");";
    WAIT_IN_PARALLEL = "E0704": "a branch of `parallel` waits",
        "Branches run beside each other within one segment; a wait ends the segment. Wait before or after, and for several events with a list of types.",
        "new-payment/example.rhai": "parallel([|| sleep(\"1d\"), || log::info(\"b\")]);" => "sleep(\"1d\");\nparallel([|| log::info(\"a\"), || log::info(\"b\")]);";
    ENDLESS_LOOP = "W0705": "the loop has no way out",
        "It runs into the limit of operations or steps, and the run ends `failed`.",
        "new-payment/example.rhai": "let rounds = 0;\nloop { rounds += 1; log::info(`${rounds}`); }" => "let rounds = 0;\nloop { rounds += 1; if rounds == 5 { break; } }";
    CAPTURED_LOOP_VARIABLE = "W0706": "a closure keeps the variable of a loop",
        "Closures share what they capture, and the loop has one variable for all its rounds: called later, each sees the last one.",
        "new-payment/example.rhai": "let tasks = [];\nfor pid in [\"a\", \"b\"] { tasks.push(|| ticketpark::ticket(pid)); }\nlet tickets = parallel(tasks);\nlog::info(`${tickets.len()}`);" => "let tickets = parallel([\"a\", \"b\"], |pid| ticketpark::ticket(pid));\nlog::info(`${tickets.len()}`);";
    LOST_IN_PARALLEL = "W0707": "a branch of `parallel` changes a variable from outside",
        "Each branch has a copy of what it captures: the change is lost. Give the value back, and put the answers together afterwards.",
        "new-payment/example.rhai": "let seats = 0;\nparallel([\"a\", \"b\"], |pid| { seats += ticketpark::ticket(pid).seats; });\nlog::info(`${seats}`);" => "let seats = 0;\nfor count in parallel([\"a\", \"b\"], |pid| ticketpark::ticket(pid).seats) { seats += count; }\nlog::info(`${seats}`);";
}
