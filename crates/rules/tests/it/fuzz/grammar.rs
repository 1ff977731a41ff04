//! Programs out of bytes: each byte is a choice, and when there are none left everything comes to its end.

use std::fmt::Write as _;

use cuebook_rules::{Engine, pure_functions};

/// Rhai's own functions, called as methods.
const METHODS: &[&str] = &[
    "len",
    "push",
    "pop",
    "shift",
    "insert",
    "append",
    "pad",
    "truncate",
    "chop",
    "reverse",
    "sort",
    "sort_by",
    "order",
    "order_by",
    "dedup",
    "drain",
    "retain",
    "splice",
    "extract",
    "split",
    "split_rev",
    "split_at",
    "map",
    "filter",
    "reduce",
    "reduce_rev",
    "find",
    "find_map",
    "index_of",
    "contains",
    "some",
    "all",
    "zip",
    "for_each",
    "group_by",
    "concat",
    "keys",
    "values",
    "mixin",
    "fill_with",
    "merge",
    "remove",
    "set",
    "get",
    "clear",
    "to_string",
    "to_debug",
    "to_json",
    "to_chars",
    "to_blob",
    "to_array",
    "as_string",
    "chars",
    "bits",
    "bytes",
    "sub_string",
    "crop",
    "replace",
    "trim",
    "to_upper",
    "make_lower",
    "starts_with",
    "parse_int",
    "to_decimal",
    "floor",
    "round",
    "sqrt",
    "exp",
    "ln",
    "abs",
    "sign",
    "is_odd",
    "to_hex",
    "min",
    "max",
    "call",
    "curry",
    "name",
    "is_anonymous",
    "type_of",
    "is_shared",
    "start",
    "end",
    "write_be",
    "parse_le_int",
    "write_utf8",
    "step",
];
const BINARY: &[&str] = &[
    "+", "-", "*", "/", "%", "**", "==", "!=", "<", ">=", "&&", "||", "&", "|", "^", "<<", ">>",
    "??", "in", "..", "..=",
];
const LITERALS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "7",
    "100",
    "9223372036854775807",
    "-9223372036854775807",
    "true",
    "false",
    "()",
    "\"\"",
    "\"a\"",
    "\"10d\"",
    "\"ü𝄞\"",
    "'x'",
    "decimal(\"2.50\")",
    "decimal(\"-79228162514264337593543950335\")",
    "\"https://a.example/\"",
    "[]",
    "#{}",
    "blob(3, 255)",
    "event",
    "event.payload",
    "event.payload.booking_pid",
    "secret(\"KEY\")",
    "now()",
    "\"(a+)+b\"",
    "\"{\\\"a\\\": 1}\"",
    "\"2026-03-29T02:30:00+01:00\"",
    "Fn(\"f0\")",
    "\"rule\"",
];
/// The variables that there are.
const VARIABLES: u8 = 6;
/// So deep do expressions and statements go.
const DEPTH: u8 = 5;

/// A source of choices.
pub(super) struct Choices<'a>(std::slice::Iter<'a, u8>);

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    /// A number below `count`; 0 when there are no more bytes.
    pub(super) fn one_of(&mut self, count: u8) -> u8 {
        self.0.next().map_or(0, |byte| byte % count)
    }

    fn pick<'b>(&mut self, list: &[&'b str]) -> &'b str {
        list[usize::from(self.one_of(u8::try_from(list.len()).unwrap()))]
    }

    fn is_over(&self) -> bool {
        self.0.len() == 0
    }
}

/// A program.
pub(super) fn program(choices: &mut Choices<'_>, engine: &Engine) -> String {
    let mut functions: Vec<&str> = pure_functions().iter().map(|pure| pure.name).collect();
    let asking = engine.functions().iter().map(|function| function.name);
    // One of the test's own panics on purpose.
    functions.extend(asking.filter(|name| *name != "faulty::send"));
    functions.extend([
        "parallel",
        "log::info",
        "skip",
        "fail",
        "retry_in",
        "print",
        "f0",
        "f1",
        "range",
    ]);
    let mut writer = Writer {
        choices,
        functions,
        source: String::new(),
    };
    for number in 0..2 {
        let _ = write!(writer.source, "fn f{number}(v0, v1) {{ ");
        writer.statements(2);
        writer.source.push_str("}\n");
    }
    writer.source.push_str("let v0 = [3, 1, 2]; let v1 = \"text\"; let v2 = #{ a: [1], b: #{} }; let v3 = 0; let v4 = (); let v5 = |v0| v0;\n");
    while !writer.choices.is_over() {
        writer.statement(DEPTH);
    }
    writer.source
}

struct Writer<'a, 'b> {
    choices: &'a mut Choices<'b>,
    functions: Vec<&'static str>,
    source: String,
}

impl Writer<'_, '_> {
    fn word(&mut self, text: &str) {
        self.source.push_str(text);
    }

    fn variable(&mut self) {
        let number = self.choices.one_of(VARIABLES);
        let _ = write!(self.source, "v{number}");
    }

    fn statements(&mut self, count: u8) {
        for _ in 0..count {
            self.statement(2);
        }
    }

    fn block(&mut self, depth: u8) {
        self.word("{ ");
        for _ in 0..=self.choices.one_of(2) {
            self.statement(depth);
        }
        self.word("} ");
    }

    fn statement(&mut self, depth: u8) {
        let Some(depth) = depth.checked_sub(1) else {
            self.word("f0(1, 2); ");
            return;
        };
        match self.choices.one_of(16) {
            0 | 1 => {
                self.word("let ");
                self.variable();
                self.word(" = ");
                self.expression(depth);
            }
            2 => {
                self.place(depth);
                let operator = self.choices.pick(&["=", "+=", "-=", "*=", "**=", "??="]);
                self.word(operator);
                self.expression(depth);
            }
            3 => {
                self.word("if ");
                self.expression(depth);
                self.word(" ");
                self.block(depth);
                self.word("else ");
                self.block(depth);
            }
            4 => {
                self.word("for v3 in ");
                self.expression(depth);
                self.word(" ");
                self.block(depth);
            }
            5 => {
                self.word("while ");
                self.expression(depth);
                self.word(" ");
                self.block(depth);
            }
            6 => {
                self.word("loop { ");
                self.statement(depth);
                let end =
                    self.choices
                        .pick(&["break; } ", "v3 += 1; if v3 > 5 { break; } } ", "} "]);
                self.word(end);
            }
            7 | 8 => {
                self.word("try ");
                self.block(depth);
                self.word("catch (v4) ");
                self.block(depth);
            }
            9 => {
                self.word("switch ");
                self.expression(depth);
                self.word(" { 1 => ");
                self.expression(depth);
                self.word(", 2..9 if v3 == 1 => ");
                self.expression(depth);
                self.word(", _ => ");
                self.expression(depth);
                self.word(" } ");
            }
            10 => {
                let word = self
                    .choices
                    .pick(&["throw ", "return ", "break ", "continue "]);
                self.word(word);
                if word != "continue " {
                    self.expression(depth);
                }
            }
            _ => self.expression(depth),
        }
        self.word("; ");
    }

    fn place(&mut self, depth: u8) {
        self.variable();
        match self.choices.one_of(3) {
            0 => {}
            1 => self.word(".a"),
            _ => {
                self.word("[");
                self.expression(depth);
                self.word("]");
            }
        }
    }

    fn expression(&mut self, depth: u8) {
        let Some(depth) = depth.checked_sub(1) else {
            self.simple();
            return;
        };
        match self.choices.one_of(16) {
            0 | 1 => self.simple(),
            2 | 3 => {
                self.word("(");
                self.expression(depth);
                let operator = self.choices.pick(BINARY);
                let _ = write!(self.source, " {operator} ");
                self.expression(depth);
                self.word(")");
            }
            4..=6 => {
                let name = self.functions
                    [usize::from(self.choices.one_of(u8::MAX)) % self.functions.len()];
                self.word(name);
                self.word("(");
                self.list(depth);
                self.word(")");
            }
            7..=9 => {
                self.variable();
                let (dot, name) = (
                    self.choices.pick(&[".", ".", "?."]),
                    self.choices.pick(METHODS),
                );
                let _ = write!(self.source, "{dot}{name}(");
                self.list(depth);
                self.word(")");
            }
            10 => {
                self.word("[");
                self.list(depth);
                self.word("]");
            }
            11 => {
                self.word("#{ a: ");
                self.expression(depth);
                self.word(", b: ");
                self.expression(depth);
                self.word(" }");
            }
            12 => {
                let head = self.choices.pick(&["|| ", "|v0| ", "|v0, v1| "]);
                self.word(head);
                self.block(depth);
            }
            13 => {
                self.word("`a${");
                self.expression(depth);
                self.word("}`");
            }
            14 => {
                self.word("parallel([");
                self.list(depth);
                self.word("], |v0| ");
                self.block(depth);
                self.word(")");
            }
            _ => self.place(depth),
        }
    }

    fn list(&mut self, depth: u8) {
        for number in 0..self.choices.one_of(4) {
            if number > 0 {
                self.word(", ");
            }
            self.expression(depth);
        }
    }

    fn simple(&mut self) {
        if self.choices.one_of(2) == 0 {
            self.variable();
        } else {
            let literal = self.choices.pick(LITERALS);
            self.word(literal);
        }
    }
}
