//! Words of other languages, and what a rule writes in their place.

/// Functions, with their namespace if they have one.
const FUNCTIONS: &[(&str, &str)] = &[
    ("alert", "write `log::info(…)`"),
    ("println", "write `log::info(…)`"),
    ("printf", "write `log::info(…)`"),
    ("echo", "write `log::info(…)`"),
    ("log", "write `log::info(…)`"),
    ("str", "put the value into a text: `${…}` in backticks"),
    ("String", "put the value into a text: `${…}` in backticks"),
    ("int", "write `parse_int(text)`"),
    ("parseInt", "write `parse_int(text)`"),
    ("Number", "write `decimal(text)` or `parse_int(text)`"),
    (
        "float",
        "numbers with a point are decimals: write `decimal(text)`",
    ),
    (
        "parseFloat",
        "numbers with a point are decimals: write `decimal(text)`",
    ),
    (
        "parse_float",
        "numbers with a point are decimals: write `decimal(text)`",
    ),
    ("Decimal", "write `decimal(text)`"),
    ("typeof", "write `type_of(value)`"),
    ("type", "write `type_of(value)`"),
    ("isinstance", "write `type_of(value) == \"string\"`"),
    ("fetch", "write `http::get(url)`"),
    ("require", "write `import \"lib/name\" as name;`"),
    ("setTimeout", "write `sleep(\"30s\")`"),
    (
        "wait",
        "write `sleep(\"30s\")`, or `wait_for(type, #{…}, \"14d\")`",
    ),
    ("exit", "write `skip(reason)` or `fail(reason)`"),
    ("Date", "write `now()`, or `time::parse(text)`"),
    ("sum", "write `array.reduce(|sum, x| sum + x, 0)`"),
    ("send_mail", "write `email::send(#{…})`"),
    ("send_email", "write `email::send(#{…})`"),
    ("json::encode", "did you mean `json::stringify`?"),
    ("json::dumps", "did you mean `json::stringify`?"),
    ("json::decode", "did you mean `json::parse`?"),
    ("json::loads", "did you mean `json::parse`?"),
    ("mail::send", "write `email::send(#{…})`"),
    ("random", "scripts have no chance but `uuid()`"),
    ("rand", "scripts have no chance but `uuid()`"),
];

/// Functions that are called on a value.
const METHODS: &[(&str, &str)] = &[
    ("toUpperCase", "write `text::upper(…)`, or `.to_upper()`"),
    ("upper", "write `text::upper(…)`, or `.to_upper()`"),
    ("toLowerCase", "write `text::lower(…)`, or `.to_lower()`"),
    ("lower", "write `text::lower(…)`, or `.to_lower()`"),
    ("toString", "write `.to_string()`"),
    (
        "toFixed",
        "write `.round(2)`, or `money::format(amount, currency)`",
    ),
    ("length", "write `.len()`"),
    ("size", "write `.len()`"),
    ("indexOf", "write `.index_of(…)`"),
    ("includes", "write `.contains(…)`, or `x in list`"),
    ("has", "write `.contains(…)`, or `x in map`"),
    ("startsWith", "write `.starts_with(…)`"),
    ("startswith", "write `.starts_with(…)`"),
    ("endsWith", "write `.ends_with(…)`"),
    ("endswith", "write `.ends_with(…)`"),
    ("substring", "write `.sub_string(start, length)`"),
    ("substr", "write `.sub_string(start, length)`"),
    (
        "replaceAll",
        "write `.replace(from, to)`: it changes the text in place",
    ),
    ("forEach", "write `for item in list { … }`"),
    ("append", "write `.push(item)`"),
    ("push_back", "write `.push(item)`"),
    ("slice", "write `.extract(start, length)`"),
    ("strip", "write `text::trim(…)`"),
    (
        "iter",
        "arrays are gone through as they are: `for item in list { … }`",
    ),
    ("hasOwnProperty", "write `\"name\" in map`"),
    (
        "to_float",
        "numbers with a point are decimals: write `decimal(text)`",
    ),
    (
        "parse_float",
        "numbers with a point are decimals: write `decimal(text)`",
    ),
    (
        "unwrap",
        "a value that may be missing is `()`: compare it with `== ()`, or write `value ?? other`",
    ),
];

/// Values and names.
const NAMES: &[(&str, &str)] = &[
    ("undefined", "what is missing is `()`"),
    ("None", "what is missing is `()`"),
    ("nil", "what is missing is `()`"),
    ("NULL", "what is missing is `()`"),
    ("True", "write `true`"),
    ("False", "write `false`"),
    ("console", "write `log::info(…)`"),
    ("logger", "write `log::info(…)`"),
    (
        "JSON",
        "write `json::parse(text)` or `json::stringify(value)`",
    ),
    (
        "Math",
        "numbers have functions of their own: `x.abs()`, `x.round()`, `max(a, b)`",
    ),
    ("Date", "write `now()`, or `time::parse(text)`"),
    ("Object", "maps have `.keys()` and `.values()`"),
    (
        "process",
        "a script sees no environment: secrets are `secret(\"NAME\")`",
    ),
    (
        "env",
        "a script sees no environment: secrets are `secret(\"NAME\")`",
    ),
    ("payload", "write `event.payload`"),
    ("self", "a script has no `self`: its event is `event`"),
];

/// What a rule writes in place of this function.
pub(super) fn function(name: &str) -> Option<&'static str> {
    find(FUNCTIONS, name)
}

/// What a rule writes in place of this function of a value.
pub(super) fn method(name: &str) -> Option<&'static str> {
    find(METHODS, name)
}

/// What a rule writes in place of this name.
pub(super) fn name(name: &str) -> Option<&'static str> {
    find(NAMES, name)
}

fn find(words: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let mut words = words.iter();
    words.find(|(word, _)| *word == name).map(|(_, help)| *help)
}
