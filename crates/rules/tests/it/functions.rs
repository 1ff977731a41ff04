//! Descriptors of functions with the shapes that the real ones have.

use cuebook_core::CallError;
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, OptionKey, Parameter, ParameterKind, PrepareContext,
};
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::value::Value;

const fn required(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter {
        name,
        kind,
        required: true,
        doc: "",
    }
}

const fn optional(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter {
        name,
        kind,
        required: false,
        doc: "",
    }
}

const fn key(name: &'static str, kind: ParameterKind, required: bool) -> OptionKey {
    OptionKey {
        name,
        kind,
        required,
        doc: "who receives it",
    }
}

const HTTP_OPTIONS: &[OptionKey] = &[
    key("headers", ParameterKind::Map, false),
    key("auth", ParameterKind::Map, false),
    key("timeout", ParameterKind::Duration, false),
];
const GET: &[Parameter] = &[
    required("url", ParameterKind::Text),
    optional("options", ParameterKind::Options(HTTP_OPTIONS)),
];
const POST: &[Parameter] = &[
    required("url", ParameterKind::Text),
    required("body", ParameterKind::Any),
    optional("options", ParameterKind::Options(HTTP_OPTIONS)),
];
const BOOKING: &[Parameter] = &[required("pid", ParameterKind::Text)];
const MAIL_OPTIONS: &[OptionKey] = &[
    key("to", ParameterKind::TextOrTexts, true),
    key("subject", ParameterKind::Text, false),
    key("data", ParameterKind::Map, false),
];
const MAIL: &[Parameter] = &[required("mail", ParameterKind::Options(MAIL_OPTIONS))];
const EMIT: &[Parameter] = &[
    required("type", ParameterKind::Text),
    required("payload", ParameterKind::Any),
];

pub(crate) const fn function(
    name: &'static str,
    kind: FunctionKind,
    parameters: &'static [Parameter],
    answer: Answer,
) -> FunctionDescriptor {
    FunctionDescriptor {
        name,
        kind,
        parameters,
        answer,
        doc: "",
        example: "",
    }
}

/// All of them.
pub(crate) fn descriptors() -> Vec<FunctionDescriptor> {
    vec![
        function("http::get", FunctionKind::Read, GET, Answer::Http),
        function("http::post", FunctionKind::Write, POST, Answer::Http),
        function(
            "ticketpark::booking",
            FunctionKind::Read,
            BOOKING,
            Answer::Map,
        ),
        function(
            "email::send",
            FunctionKind::Send(prepare_mail),
            MAIL,
            Answer::Unit,
        ),
        function(
            "emit",
            FunctionKind::Send(prepare_event),
            EMIT,
            Answer::Unit,
        ),
        function(
            "faulty::send",
            FunctionKind::Send(|_, _| panic!("on purpose")),
            &[],
            Answer::Unit,
        ),
    ]
}

fn prepare_mail(
    context: &PrepareContext<'_>,
    arguments: &[Value],
) -> Result<Vec<PreparedSend>, CallError> {
    let to = arguments[0].get("to").and_then(Value::as_text).unwrap();
    if !to.contains('@') {
        return Err(CallError::invalid(format!("{to:?} is no address")));
    }
    Ok(vec![PreparedSend {
        part: 0,
        route: Route::Outbox,
        target: to.to_owned(),
        key: (context.key)(0),
        envelope: serde_json::Value::Null,
        body: to.as_bytes().to_vec(),
    }])
}

#[expect(clippy::unnecessary_wraps, reason = "it is a Prepare")]
fn prepare_event(
    context: &PrepareContext<'_>,
    arguments: &[Value],
) -> Result<Vec<PreparedSend>, CallError> {
    Ok(vec![PreparedSend {
        part: 0,
        route: Route::Event,
        target: arguments[0].as_text().unwrap().to_owned(),
        key: (context.key)(0),
        envelope: serde_json::Value::Null,
        body: arguments[1].to_json().to_string().into_bytes(),
    }])
}
