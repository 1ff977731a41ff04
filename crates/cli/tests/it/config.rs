//! The configuration: environment over file over default, secrets from files, wrong names.

use crate::folder::{Ended, Folder};

fn print_config(folder: &Folder, environment: &[(&str, &str)]) -> Ended {
    folder.run(&["serve", "--print-config"], environment)
}

/// The value and the origin of a key in the output.
fn shown(ended: &Ended, key: &str) -> (String, String) {
    let line = ended
        .stdout
        .lines()
        .find(|line| {
            line.trim_start_matches("# ")
                .starts_with(&format!("{key} ="))
        })
        .unwrap_or_else(|| panic!("no {key} in {ended:?}"));
    let (value, origin) = line.rsplit_once("  # ").unwrap();
    let (_, value) = value.split_once('=').unwrap();
    (value.trim().to_owned(), origin.to_owned())
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let folder = Folder::new();
    folder.write(
        "cuebook.toml",
        "listen = \"127.0.0.1:1\"\ndefault_locale = \"fr\"\n[smtp]\nfrom = \"a@example.ch\"\n",
    );
    let ended = print_config(&folder, &[("CUEBOOK_LISTEN", "127.0.0.1:2")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let shown = |key| shown(&ended, key);
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(shown("listen"), pair("\"127.0.0.1:2\"", "CUEBOOK_LISTEN"));
    assert_eq!(shown("default_locale"), pair("\"fr\"", "cuebook.toml"));
    assert_eq!(shown("smtp.from"), pair("\"a@example.ch\"", "cuebook.toml"));
    assert_eq!(shown("timezone"), pair("\"Europe/Zurich\"", "default"));
}

#[test]
fn the_file_is_the_one_that_the_option_names_before_the_one_of_the_environment() {
    let folder = Folder::new();
    folder.write("a.toml", "log = \"warn\"");
    folder.write("b.toml", "log = \"error\"");
    let environment = [("CUEBOOK_CONFIG", "a.toml")];
    let ended = print_config(&folder, &environment);
    assert_eq!(shown(&ended, "log").0, "\"warn\"");
    let ended = folder.run(
        &["serve", "--print-config", "--config", "b.toml"],
        &environment,
    );
    assert_eq!(shown(&ended, "log").0, "\"error\"");
}

#[test]
fn a_secret_is_read_from_its_file_and_never_shown() {
    let folder = Folder::new();
    let secret = "s".repeat(40);
    let file = folder.write("key", &format!("{secret}\n"));
    folder.write("cuebook.toml", "hook_token_file = \"key\"");
    let ended = print_config(
        &folder,
        &[
            ("CUEBOOK_ADMIN_KEY_FILE", file.to_str().unwrap()),
            ("CUEBOOK_SMTP_URL", "smtps://box:hunter2@mail.example.ch"),
        ],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(
        shown(&ended, "admin_key"),
        pair("\"***\"", "CUEBOOK_ADMIN_KEY_FILE")
    );
    assert_eq!(shown(&ended, "hook_token"), pair("\"***\"", "cuebook.toml"));
    assert_eq!(
        shown(&ended, "smtp.url").0,
        "\"smtps://box:***@mail.example.ch\""
    );
    assert!(!ended.stdout.contains(&secret));
    assert!(!ended.stdout.contains("hunter2"));
}

#[test]
fn a_secret_that_is_given_twice_is_an_error() {
    let folder = Folder::new();
    let ended = print_config(
        &folder,
        &[
            ("CUEBOOK_ADMIN_KEY", "k"),
            ("CUEBOOK_ADMIN_KEY_FILE", "nowhere"),
        ],
    );
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("CUEBOOK_ADMIN_KEY_FILE"), "{ended:?}");
}

#[test]
fn an_unknown_key_is_an_error_with_the_nearest_known_one() {
    let folder = Folder::new();
    folder.write("cuebook.toml", "[smtp]\nulr = \"smtp://localhost\"\n");
    let ended = print_config(&folder, &[]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("`smtp.ulr`"), "{ended:?}");
    assert!(
        ended.stderr.contains("did you mean `smtp.url`?"),
        "{ended:?}"
    );
}

#[test]
fn a_mistyped_variable_is_an_error_and_a_foreign_one_is_not() {
    let folder = Folder::new();
    let ended = print_config(&folder, &[("CUEBOOK_LISTNE", "127.0.0.1:2")]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("did you mean CUEBOOK_LISTEN?"),
        "{ended:?}"
    );
    let ended = print_config(
        &folder,
        &[
            ("CUEBOOK_SERVICE_HOST", "10.0.0.1"),
            ("CUEBOOK_PORT", "tcp://10.0.0.1:80"),
            ("CUEBOOK_SECRET_CRM", "x"),
        ],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn what_this_version_lacks_is_refused_and_not_ignored() {
    let folder = Folder::new();
    folder.write("cuebook.toml", "otlp_endpoint = \"http://127.0.0.1:4317\"");
    let ended = print_config(&folder, &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("otlp_endpoint"), "{ended:?}");
    assert!(
        ended.stderr.contains("not available in this version"),
        "{ended:?}"
    );
    folder.write("cuebook.toml", "role = \"all\"\nrules_source = \"folder\"");
    assert_eq!(print_config(&folder, &[]).code, 0);
}

#[test]
fn a_value_that_cannot_be_used_names_its_key_and_place() {
    let folder = Folder::new();
    for (name, value, said) in [
        ("CUEBOOK_LISTEN", "here", "`listen`"),
        ("CUEBOOK_TIMEZONE", "Bern", "`timezone`"),
        ("CUEBOOK_EFFECTS", "maybe", "`effects`"),
        ("CUEBOOK_ADMIN_KEY", "short", "32 characters"),
        ("CUEBOOK_EGRESS_ALLOW", "10.0.0.0/8, a b", "`egress.allow`"),
        (
            "CUEBOOK_TICKETPARK_CLIENT_KEY",
            "k",
            "`ticketpark.client_secret`",
        ),
    ] {
        // Printing shows what was given; serving is what needs values that can be used.
        let mut environment = vec![(name, value)];
        if name != "CUEBOOK_LISTEN" {
            environment.push(("CUEBOOK_LISTEN", "127.0.0.1:0"));
        }
        let ended = folder.run(&["serve"], &environment);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains(said), "{ended:?}");
    }
}
