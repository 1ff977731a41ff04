//! Words and signs of other languages that Rhai does not parse, and what a rule writes in their place.

/// Words that stand before the place where the parser stops: it took them for a variable.
const BEFORE: &[(&str, &str)] = &[
    ("function", "write `fn name(a, b) { … }`"),
    ("def", "write `fn name(a, b) { … }`"),
    ("func", "write `fn name(a, b) { … }`"),
    ("elif", "write `else if`"),
    ("elsif", "write `else if`"),
    ("elseif", "write `else if`"),
    ("elseIf", "write `else if`"),
    ("not", "write `!`: `if !paid { … }`"),
    ("unless", "write `if !… { … }`"),
    ("foreach", "write `for item in list { … }`"),
    ("int", "variables have no types: write `let name = value;`"),
    (
        "string",
        "variables have no types: write `let name = value;`",
    ),
    ("mut", "`let` makes a variable that may change"),
    ("except", "write `catch (error) { … }`"),
    ("raise", "write `throw …;`"),
    ("from", "write `import \"lib/name\" as name;`"),
];

/// Words that stand at the place where the parser stops.
const HERE: &[(&str, &str)] = &[
    ("and", "write `&&`"),
    ("or", "write `||`"),
    ("of", "write `for item in list { … }`"),
    ("then", "a block stands in braces: `if a { b }`"),
    ("do", "a block stands in braces: `while a { b }`"),
    ("elif", "write `else if`"),
    ("elsif", "write `else if`"),
    ("elseif", "write `else if`"),
    ("=>", "a closure is `|x| x + 1`"),
    ("instanceof", "write `type_of(value) == \"…\"`"),
    ("except", "write `catch (error) { … }`"),
];

/// Words that Rhai knows to be another language's.
const KEYWORDS: &[(&str, &str)] = &[
    ("null", "what is missing is `()`"),
    ("nil", "what is missing is `()`"),
    ("var", "write `let`"),
    ("new", "maps are written as they are: `#{ key: value }`"),
    ("async", "a rule waits for its calls by itself: write `fn`"),
    (
        "await",
        "a rule waits for its calls by itself: leave it out",
    ),
    ("match", "write `switch value { \"a\" => …, _ => … }`"),
    ("with", "a block stands in braces, without a word before it"),
    ("exit", "write `skip(reason)` or `fail(reason)`"),
    ("include", "write `import \"lib/name\" as name;`"),
    ("use", "write `import \"lib/name\" as name;`"),
    (
        "void",
        "a function that gives nothing says nothing about it",
    ),
    ("yield", "write `return`"),
    ("eval", "a rule runs no text as a script"),
    ("then", "a block stands in braces: `if a { b }`"),
    ("goto", "write a loop, or a function with `return`"),
    ("go", "write `parallel([|| …, || …])`"),
    ("spawn", "write `parallel([|| …, || …])`"),
    ("thread", "write `parallel([|| …, || …])`"),
    ("each", "write `for item in list { … }`"),
];

/// Signs.
const SYMBOLS: &[(&str, &str)] = &[
    ("===", "write `==`"),
    ("!==", "write `!=`"),
    ("++", "write `x += 1`"),
    ("--", "write `x -= 1`"),
    ("?", "write `if a { b } else { c }`: it gives a value"),
    ("#", "a comment begins with `//`"),
    ("@", "leave it out"),
    ("$", "values stand in a text as `${…}`, in backticks"),
    (":=", "write `let x = …`"),
    (
        "->",
        "write `.` for a property; a function says nothing about what it gives",
    ),
    ("<-", "write `=`"),
    ("~", "leave it out"),
    ("=>", "a closure is `|x| x + 1`"),
    ("<>", "write `!=`"),
    ("...", "arrays are joined with `+`"),
];

/// What is said of a word before the place where the parser stopped.
pub(super) fn before(word: &str) -> Option<&'static str> {
    find(BEFORE, word)
}

/// What is said of a word at the place where the parser stopped.
pub(super) fn here(word: &str) -> Option<&'static str> {
    find(HERE, word)
}

/// What is said of a word that Rhai reserves since other languages have it.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    find(KEYWORDS, word)
}

/// What is said of a sign.
pub(super) fn symbol(sign: &str) -> Option<&'static str> {
    find(SYMBOLS, sign)
}

fn find(words: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let mut words = words.iter();
    words.find(|(own, _)| *own == word).map(|(_, help)| *help)
}
