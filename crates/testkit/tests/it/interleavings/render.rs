//! A random program as the source of a rule.

use std::fmt::Write as _;

use super::program::{Answering, Ending, Program, Step, Verb, What};
use crate::aftermath::ONCE;

/// The rule for what the others emit.
pub(super) fn told(peer: &str) -> String {
    format!(
        "//! Tells.\nhttp::put(`{peer}/told/${{event.payload.who}}/fine/${{event.payload.what}}`, #{{}});\n"
    )
}

/// The source of a rule, with another system at `peer`.
pub(super) fn render(program: &Program, name: &str, peer: &str) -> String {
    let first = if program.long_pauses { "2m" } else { "1s" };
    let mut source = format!(
        "//! Something.\n//!\n//! ```toml\n//! concurrency = \"{}\"\n\
         //! retry = {{ attempts = 4, first = \"{first}\", max = \"10m\" }}\n//! ```\n\
         let who = `${{event.subject}}-${{event.payload[\"n\"]}}`;\nlet p = `{peer}/{name}/${{who}}`;\n",
        program.concurrency
    );
    let mut rendering = Rendering {
        source: &mut source,
        name,
        suffix: String::new(),
        depth: 0,
    };
    rendering.steps(&program.steps);
    source.push_str(match program.ending {
        Ending::Completes => "log::info(\"the end\");\n",
        Ending::Skips => "skip(\"enough\");\n",
        Ending::Fails => "fail(\"no more\");\n",
        Ending::Throws => "throw \"thrown\";\n",
    });
    source
}

struct Rendering<'a> {
    source: &'a mut String,
    name: &'a str,
    /// What tells the turns of loops and the branches of an array apart.
    suffix: String,
    depth: usize,
}

impl Rendering<'_> {
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn line(&mut self, line: &str) {
        let indent = "    ".repeat(self.depth);
        // Writing to a text of our own cannot fail.
        let _ = writeln!(self.source, "{indent}{line}");
    }

    /// The text, as Rhai sees it, that names this step among all, loops unrolled.
    fn tag(&self, step: &Step) -> String {
        format!("{}{}", step.id, self.suffix)
    }

    fn url(&self, step: &Step, answering: Answering) -> String {
        let tag = self.tag(step);
        format!("`${{p}}/{}/{tag}`", words(answering))
    }

    /// Renders `body` one level deeper, its steps told apart by `variable`, if there is one.
    fn inner(&mut self, body: &[Step], variable: Option<&str>) {
        let outer = self.suffix.clone();
        if let Some(variable) = variable {
            let _ = write!(self.suffix, "-${{{variable}}}");
        }
        self.depth += 1;
        self.steps(body);
        self.depth -= 1;
        self.suffix = outer;
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind of step, which say nothing apart"
    )]
    fn step(&mut self, step: &Step) {
        let id = step.id;
        let tag = self.tag(step);
        let name = self.name;
        match &step.what {
            What::Read(Answering::Broken) => {
                let url = self.url(step, Answering::Broken);
                self.line(&format!(
                    "try {{ http::get({url}); fail(\"it was answered\"); }}"
                ));
                self.line(&format!(
                    "catch (e) {{ log::info(`r{tag} ${{e.kind}} ${{e.status}}`); }}"
                ));
            }
            What::Read(answering) => {
                let url = self.url(step, *answering);
                self.line(&format!("let r = http::get({url});"));
                self.line(&format!(
                    "log::info(`r{tag} ${{r.status}} ${{r.json.number}}`);"
                ));
            }
            What::Write(verb, answering) => self.write(step, *verb, *answering),
            What::Chance => {
                self.line("let u = uuid();");
                let url = self.url(step, Answering::Fine);
                self.line(&format!("http::put({url}, #{{ u: u }});"));
                self.line(&format!(
                    "webhook::send(`${{p}}/fine/u{tag}`, #{{ u: u }});"
                ));
            }
            What::Parallel {
                branches,
                over_array,
                throwing,
                caught,
            } => {
                self.line(if *caught { "try {" } else { "{" });
                self.parallel(step, branches, *over_array, *throwing);
                self.line("}");
                if *caught {
                    self.line(&format!("catch (e) {{ log::info(`p{id} ${{e}}`); }}"));
                }
            }
            What::Sleep => self.line("sleep(\"15m\");"),
            What::WaitFor { comes, several } => {
                let (what, timeout) = if *comes {
                    ("signal", "30d")
                } else {
                    ("never", "20m")
                };
                let mut types = format!("`{what}-{name}-{tag}`");
                if *several {
                    types = format!("[`other-{name}-{tag}`, {types}]");
                }
                self.line(&format!("let w = wait_for({types}, #{{}}, \"{timeout}\");"));
                self.line(&format!("log::info(`w{tag} ${{w == ()}}`);"));
            }
            What::Remember => {
                self.line(&format!("state::set(`k{tag}-${{who}}`, #{{ by: {id} }});"));
                self.line(&format!(
                    "log::info(`s{tag} ${{state::get(`k{tag}-${{who}}`)}} ${{state::get(\"other\", 7)}}`);"
                ));
            }
            What::Count("subject") => {
                // Another run of the booking may count, too, while this one waits.
                self.line(&format!("state::incr(`c-${{who}}`, {id});"));
                self.line(&format!(
                    "log::info(`c{tag} ${{state::get(`c-${{who}}`)}}`);"
                ));
                self.line(&format!("state::incr(\"all\", {id});"));
            }
            What::Count(scope) => {
                self.line(&format!("state::incr(\"count\", {id}, \"{scope}\");"));
            }
            What::Once => {
                self.line(&format!(
                    "log::info(`o{tag} ${{once(`o{tag}-${{who}}`)}}`);"
                ));
            }
            What::Emit => {
                self.line(&format!(
                    "emit(\"told\", #{{ booking_pid: event.subject, who: who, what: `{name}-{tag}` }});"
                ));
            }
            What::Mail => {
                self.line(&format!("email::send(#{{ to: \"tom@example.com\", subject: `{name} ${{who}} {tag}`, text: \"Hello\" }});"));
            }
            What::Webhook(answering) => {
                let url = self.url(step, *answering);
                self.line(&format!("webhook::send({url}, #{{ n: {id} }});"));
            }
            What::Log => self.line(&format!("log::info(`l{tag}`, #{{ n: {id} }});")),
            What::Try { body, throws } => {
                self.line("try {");
                self.inner(body, None);
                if *throws {
                    self.line(&format!("    throw \"t{id}\";"));
                }
                self.line(&format!("}} catch (e) {{ log::info(`t{tag} ${{e}}`); }}"));
            }
            What::Loop { times, body } => {
                let variable = format!("i{id}");
                self.line(&format!("for {variable} in 0..{times} {{"));
                self.inner(body, Some(&variable));
                self.line("}");
            }
            What::NotReady(times) => {
                let url = format!("`${{p}}/ready{times}/{tag}`");
                self.line(&format!(
                    "if !http::get({url}).json.ready {{ retry_in(\"5m\", \"not ready\"); }}"
                ));
            }
        }
    }

    fn write(&mut self, step: &Step, verb: Verb, answering: Answering) {
        let tag = self.tag(step);
        let url = self.url(step, answering);
        let once = format!("`${{p}}/{}/{ONCE}-{tag}`", words(answering));
        let body = format!("#{{ n: {} }}", step.id);
        let call = match verb {
            Verb::Put => format!("http::put({url}, {body})"),
            Verb::Delete => format!("http::delete({url})"),
            Verb::PostAlways => format!("http::post({url}, {body}, #{{ retry: \"always\" }})"),
            Verb::PostSafe => format!("http::post({once}, {body})"),
            Verb::PostNever => format!("http::post({once}, {body}, #{{ retry: \"never\" }})"),
        };
        if matches!(verb, Verb::PostSafe | Verb::PostNever) || answering == Answering::Broken {
            // It may end as one of which nobody knows; then what follows must not depend on it.
            self.line(&format!("try {{ {call}; }} catch {{ }}"));
        } else {
            self.line(&format!("log::info(`a{tag} ${{{call}.status}}`);"));
        }
    }

    /// Renders a `parallel`, which is `step`.
    fn parallel(
        &mut self,
        step: &Step,
        branches: &[Vec<Step>],
        over_array: bool,
        throwing: Option<usize>,
    ) {
        let id = step.id;
        let throws = |when: &str| format!("        if {when} {{ throw \"b{id}\"; }}");
        if over_array {
            let variable = format!("b{id}");
            let items: Vec<String> = (0..branches.len()).map(|item| item.to_string()).collect();
            let items = items.join(", ");
            self.line(&format!("    let v = parallel([{items}], |{variable}| {{"));
            self.branch(&branches[0], Some(&variable));
            if let Some(throwing) = throwing {
                self.line(&throws(&format!("{variable} == {throwing}")));
            }
            self.line(&format!("        {variable} * 2"));
            self.line("    });");
        } else {
            self.line("    let v = parallel([");
            for (number, branch) in branches.iter().enumerate() {
                self.line("      || {");
                self.branch(branch, None);
                if throwing == Some(number) {
                    self.line(&throws("true"));
                }
                self.line(&format!("        {number}"));
                self.line("      },");
            }
            self.line("    ]);");
        }
        self.line(&format!("    log::info(`p{id} ${{v}}`);"));
    }

    fn branch(&mut self, body: &[Step], variable: Option<&str>) {
        self.depth += 1;
        self.inner(body, variable);
        self.depth -= 1;
    }
}

/// How a path says how it is answered.
pub(super) fn words(answering: Answering) -> String {
    match answering {
        Answering::Fine => "fine".to_owned(),
        Answering::Late(times) => format!("late{times}"),
        Answering::Busy(times) => format!("busy{times}"),
        Answering::Gone => "gone".to_owned(),
        Answering::Broken => "broken".to_owned(),
    }
}
