//! Templates.

use super::codes;

codes! {
    "Templates";

    MISSING_TEMPLATE = "E0501": "there is no such template",
        "A template is the files `templates/NAME.LOCALE.subject`, `.txt` and `.html`.",
        "new-payment/example.rhai": "email::send(#{ to: \"a@theatre.example\", template: \"thankyou\", data: #{ name: \"Tom\" } });" => "email::send(#{ to: \"a@theatre.example\", template: \"thank-you\", data: #{ name: \"Tom\" } });";
    TEMPLATE_SYNTAX = "E0502": "the template is no valid template",
        "`{{ … }}` shows a value, `{% if … %}…{% endif %}` and `{% for … in … %}…{% endfor %}` steer.",
        "templates/example.de.txt": "{% if name %}Hallo {{ name }}" => "{% if name %}Hallo {{ name }}{% endif %}";
    TEMPLATE_VARIABLE = "E0503": "the template shows a variable that `data` does not hold",
        "A variable that is missing is an error, never an empty place in a mail. One that may be missing is written `{{ name|default(\"\") }}`.",
        "new-payment/example.rhai": "email::send(#{ to: \"a@theatre.example\", template: \"thank-you\", data: #{ nam: \"Tom\" } });" => "email::send(#{ to: \"a@theatre.example\", template: \"thank-you\", data: #{ name: \"Tom\" } });";
}
