//! `http::get`, `post`, `put`, `patch`, `delete`: calls to other systems.

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind};
use reqwest::Method;
use url::Url;

use super::kind::{Kind, Perform};
use crate::arguments;
use crate::effects::{Call, Outside};
use crate::http::{OPTIONS, Repeat, Request, judge, shown};

const URL: Parameter = Parameter {
    name: "url",
    kind: ParameterKind::Text,
    required: true,
    doc: "Where to: an `https://` URL.",
};

const BODY: Parameter = Parameter {
    name: "body",
    kind: ParameterKind::Any,
    required: true,
    doc: "A map or array is sent as JSON, a string as text, `#{form: #{…}}` as a form, `()` is no body.",
};

const OPTIONS_PARAMETER: Parameter = Parameter {
    name: "options",
    kind: ParameterKind::Options(OPTIONS),
    required: false,
    doc: "Headers, authentication, timeout, retries.",
};

const WITHOUT_BODY: &[Parameter] = &[URL, OPTIONS_PARAMETER];
const WITH_BODY: &[Parameter] = &[URL, BODY, OPTIONS_PARAMETER];

/// `http::get`
pub(super) const GET: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "http::get",
        kind: FunctionKind::Read,
        parameters: WITHOUT_BODY,
        answer: Answer::Http,
        doc: "Reads from a URL. Network errors, 408, 425, 429 and 5xx are retried and then thrown; any other status is \
              returned.",
        example: r#"let answer = http::get("https://crm.example.org/persons/7", #{ auth: #{ bearer: secret("CRM_TOKEN") } });
if answer.status == 200 { log::info(`found ${answer.json.name}`); }"#,
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(perform(Method::GET, outside, call)),
        target,
        repeats: |_| true,
    },
};

/// `http::post`
pub(super) const POST: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "http::post",
        kind: FunctionKind::Write,
        parameters: WITH_BODY,
        answer: Answer::Http,
        doc: "Sends to a URL, with an `Idempotency-Key`. Retried by itself only when nothing can have been processed: no \
              connection, 429, 503. Where the outcome cannot be known it throws `unknown`, unless `retry: \"always\"` says \
              that the other side honours the key.",
        example: r#"let answer = http::post("https://accounts.example.org/lines", #{ amount: event.payload.amount }, #{
    auth: #{ bearer: secret("ACCOUNTS_TOKEN") },
    retry: "always",
});"#,
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(perform(Method::POST, outside, call)),
        target,
        repeats: |arguments| repeats(&Method::POST, arguments),
    },
};

/// `http::put`
pub(super) const PUT: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "http::put",
        kind: FunctionKind::Write,
        parameters: WITH_BODY,
        answer: Answer::Http,
        doc: "Puts to a URL, with an `Idempotency-Key`. Retried like a read: to put the same twice changes nothing.",
        example: r#"http::put("https://crm.example.org/persons/7", #{ newsletter: true });"#,
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(perform(Method::PUT, outside, call)),
        target,
        repeats: |arguments| repeats(&Method::PUT, arguments),
    },
};

/// `http::patch`
pub(super) const PATCH: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "http::patch",
        kind: FunctionKind::Write,
        parameters: WITH_BODY,
        answer: Answer::Http,
        doc: "Changes something at a URL, with an `Idempotency-Key`. Retried like `http::post`.",
        example: r#"http::patch("https://crm.example.org/persons/7", #{ city: "Bern" });"#,
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(perform(Method::PATCH, outside, call)),
        target,
        repeats: |arguments| repeats(&Method::PATCH, arguments),
    },
};

/// `http::delete`
pub(super) const DELETE: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "http::delete",
        kind: FunctionKind::Write,
        parameters: WITHOUT_BODY,
        answer: Answer::Http,
        doc: "Deletes at a URL, with an `Idempotency-Key`. Retried like a read: to delete twice changes nothing.",
        example: r#"http::delete("https://crm.example.org/persons/7");"#,
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(perform(Method::DELETE, outside, call)),
        target,
        repeats: |arguments| repeats(&Method::DELETE, arguments),
    },
};

/// One attempt at a call by `method`.
async fn perform(
    method: Method,
    outside: &Outside,
    call: &Call<'_>,
) -> Result<Value, AttemptError> {
    let writes = method != Method::GET;
    let request = read(method, call.arguments).map_err(AttemptError::fail)?;
    let key = writes.then_some(call.key);
    let outcome = outside.http.exchange(&request, key).await;
    let to = shown(&request.head.url);
    judge(outcome, request.repeat, &to, outside.http.now()).map(|exchange| exchange.to_value())
}

fn read(method: Method, arguments: &[Value]) -> Result<Request, CallError> {
    let url = arguments::text(arguments, 0, "url")?;
    let (body, options) = if takes_body(&method) {
        (arguments.get(1), arguments.get(2))
    } else {
        (None, arguments.get(1))
    };
    Request::read(method, url, body, options, OPTIONS)
}

fn takes_body(method: &Method) -> bool {
    *method != Method::GET && *method != Method::DELETE
}

fn target(arguments: &[Value]) -> String {
    arguments
        .first()
        .and_then(Value::as_text)
        .and_then(|text| Url::parse(text).ok())
        .map_or_else(String::new, |url| shown(&url))
}

/// Whether the call may be performed again though its outcome is lost.
fn repeats(method: &Method, arguments: &[Value]) -> bool {
    let options = arguments.get(if takes_body(method) { 2 } else { 1 });
    let retry = options
        .and_then(|options| options.get("retry"))
        .and_then(Value::as_text);
    Repeat::of(method, retry) == Ok(Repeat::Always)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn put_and_delete_repeat_and_post_only_when_it_says_so() {
        let url = Value::from("https://a.example");
        let always = Value::from([("retry", Value::from("always"))]);
        let never = Value::from([("retry", Value::from("never"))]);
        let with = |options: &Value| [url.clone(), Value::Unit, options.clone()];
        assert!(repeats(&Method::PUT, &[url.clone(), Value::Unit]));
        assert!(repeats(&Method::DELETE, std::slice::from_ref(&url)));
        assert!(!repeats(&Method::DELETE, &[url.clone(), never.clone()]));
        assert!(!repeats(&Method::POST, &[url.clone(), Value::Unit]));
        assert!(repeats(&Method::POST, &with(&always)));
        assert!(repeats(&Method::PATCH, &with(&always)));
        assert!(!repeats(&Method::PUT, &with(&never)));
    }

    #[test]
    fn the_target_shows_no_query() {
        assert_eq!(
            target(&[Value::from("https://a.example/x?key=1")]),
            "https://a.example/x?…"
        );
        assert_eq!(target(&[Value::from("rubbish")]), "");
        assert_eq!(target(&[]), "");
    }
}
