//! Every setting that Cuebook knows. Reading the environment, `--print-config` and the reference page follow from it.

use super::setting::{Availability, Fallback, Secrecy, Setting};

/// All settings, in the order in which they are documented.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        env: Some("CUEBOOK_LISTEN"),
        fallback: Fallback::Value("127.0.0.1:8080"),
        doc: "The address and port to listen on. Port 0 takes a free one. An address other than loopback needs `tls.cert` or `serve --behind-proxy`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "public_url",
        env: Some("CUEBOOK_PUBLIC_URL"),
        fallback: Fallback::Derived("from `listen`"),
        doc: "The URL under which Ticketpark and people reach this Cuebook.",
        ..Setting::PLAIN
    },
    Setting {
        key: "tls.cert",
        env: Some("CUEBOOK_TLS_CERT"),
        doc: "The certificate chain to serve HTTPS with, as PEM. It is read again when the file changes.",
        ..Setting::PLAIN
    },
    Setting {
        key: "tls.key",
        env: Some("CUEBOOK_TLS_KEY"),
        doc: "The private key of `tls.cert`, as PEM.",
        ..Setting::PLAIN
    },
    Setting {
        key: "trusted_proxies",
        env: Some("CUEBOOK_TRUSTED_PROXIES"),
        doc: "The proxies whose word on a client's address (`X-Forwarded-For`) is believed: addresses and networks such as `10.0.0.0/8`. A list; in the environment, commas between.",
        ..Setting::PLAIN
    },
    Setting {
        key: "data_dir",
        env: Some("CUEBOOK_DATA_DIR"),
        fallback: Fallback::Value("data"),
        doc: "The folder of the database and of the keys made at the first start.",
        ..Setting::PLAIN
    },
    Setting {
        key: "database_url",
        env: Some("CUEBOOK_DATABASE_URL"),
        fallback: Fallback::Derived("`sqlite://<data_dir>/cuebook.db`"),
        secrecy: Secrecy::Password,
        doc: "The database.",
        ..Setting::PLAIN
    },
    Setting {
        key: "disk_reserve",
        env: Some("CUEBOOK_DISK_RESERVE"),
        fallback: Fallback::Derived("5 % of the disk, `512MiB` at most"),
        doc: "How much of the disk that the SQLite database is on stays free: `512MiB`, `2GiB`, `5%`. When less is free, webhooks are put off with 503 and `Retry-After`, so that what is under way can end. `0` turns it off.",
        ..Setting::PLAIN
    },
    Setting {
        key: "rules_dir",
        env: Some("CUEBOOK_RULES_DIR"),
        fallback: Fallback::Value("rules"),
        doc: "The folder of the rules. It is watched: a valid change becomes the active set.",
        ..Setting::PLAIN
    },
    Setting {
        key: "rules_source",
        env: Some("CUEBOOK_RULES_SOURCE"),
        fallback: Fallback::Derived("`folder` on SQLite, `database` on Postgres"),
        doc: "Where the rules come from: the folder `rules_dir` of this machine, or what `cuebook rules deploy` has put into the database for all nodes.",
        ..Setting::PLAIN
    },
    Setting {
        key: "role",
        env: Some("CUEBOOK_ROLE"),
        fallback: Fallback::Value("all"),
        doc: "What this process does: `ingest` receives webhooks and answers the API, `worker` runs rules and sends, `all` does both. The first two need Postgres.",
        ..Setting::PLAIN
    },
    Setting {
        key: "lease",
        env: Some("CUEBOOK_LEASE"),
        fallback: Fallback::Value("30s"),
        doc: "On Postgres: after how long without a sign of life a node counts as dead and the others take over what it held, by the database's clock; `3s` at least. The same on all nodes.",
        ..Setting::PLAIN
    },
    Setting {
        key: "effects",
        env: Some("CUEBOOK_EFFECTS"),
        fallback: Fallback::Value("perform"),
        doc: "`perform`, or `capture` for a staging system: every write and send is recorded and none performed.",
        ..Setting::PLAIN
    },
    Setting {
        key: "admin_key",
        env: Some("CUEBOOK_ADMIN_KEY"),
        fallback: Fallback::Derived("made at the first start, in `<data_dir>/admin.key`"),
        secrecy: Secrecy::Secret,
        doc: "The key of the API, 32 characters or more.",
        ..Setting::PLAIN
    },
    Setting {
        key: "hook_token",
        env: Some("CUEBOOK_HOOK_TOKEN"),
        fallback: Fallback::Derived("made at the first start, in `<data_dir>/hook.token`"),
        secrecy: Secrecy::Secret,
        doc: "The secret part of the webhook's URL, 32 characters or more: letters, digits, `-` and `_`. When it is changed, the former one is good until the next change.",
        ..Setting::PLAIN
    },
    Setting {
        key: "secret_key",
        env: Some("CUEBOOK_SECRET_KEY"),
        fallback: Fallback::Derived("made at the first start, in `<data_dir>/secret.key`"),
        secrecy: Secrecy::Secret,
        doc: "The key that secrets in the database are encrypted with: 64 hex digits. Without it they are lost, so keep a copy elsewhere.",
        ..Setting::PLAIN
    },
    Setting {
        key: "smtp.url",
        env: Some("CUEBOOK_SMTP_URL"),
        fallback: Fallback::Derived("none: mails are captured, to be read through the API"),
        secrecy: Secrecy::Password,
        doc: "The mail server: `smtps://user:password@host:465` or `smtp://user:password@host:587?tls=required`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "smtp.from",
        env: Some("CUEBOOK_SMTP_FROM"),
        doc: "The sender of mails where a rule names none.",
        ..Setting::PLAIN
    },
    Setting {
        key: "smtp.allow_plain",
        env: Some("CUEBOOK_SMTP_ALLOW_PLAIN"),
        fallback: Fallback::Value("false"),
        doc: "Whether mails may go unencrypted to a server that is not on this machine.",
        ..Setting::PLAIN
    },
    Setting {
        key: "default_locale",
        env: Some("CUEBOOK_DEFAULT_LOCALE"),
        fallback: Fallback::Value("de"),
        doc: "The language of templates where a rule names none.",
        ..Setting::PLAIN
    },
    Setting {
        key: "timezone",
        env: Some("CUEBOOK_TIMEZONE"),
        fallback: Fallback::Value("Europe/Zurich"),
        doc: "The time zone in which rules format times.",
        ..Setting::PLAIN
    },
    Setting {
        key: "ticketpark.url",
        env: Some("CUEBOOK_TICKETPARK_URL"),
        fallback: Fallback::Value("https://api.ticketpark.ch"),
        doc: "Ticketpark's REST API.",
        ..Setting::PLAIN
    },
    Setting {
        key: "ticketpark.client_key",
        env: Some("CUEBOOK_TICKETPARK_CLIENT_KEY"),
        doc: "The client key that Ticketpark gave you.",
        ..Setting::PLAIN
    },
    Setting {
        key: "ticketpark.client_secret",
        env: Some("CUEBOOK_TICKETPARK_CLIENT_SECRET"),
        secrecy: Secrecy::Secret,
        doc: "Its secret.",
        ..Setting::PLAIN
    },
    Setting {
        key: "ticketpark.username",
        env: Some("CUEBOOK_TICKETPARK_USERNAME"),
        doc: "The user that `cuebook login ticketpark` logs in. The password is never configured and never kept.",
        ..Setting::PLAIN
    },
    Setting {
        key: "reconcile.every",
        env: Some("CUEBOOK_RECONCILE_EVERY"),
        fallback: Fallback::Value("15m"),
        doc: "How often Ticketpark is asked for what never came, from `1m` to `7d`, once there is a `ticketpark.client_key`; `off` leaves it to `cuebook reconcile`. Events are made of what has changed since it was configured.",
        ..Setting::PLAIN
    },
    Setting {
        key: "trust.<type>",
        fallback: Fallback::Derived("`token`"),
        doc: "What makes an event of this type believed, such as `trust.new-booking`: `token`, that it came to the secret URL; or `refetch`, that Ticketpark's API knows what it is about. In the environment `CUEBOOK_TRUST_NEW_BOOKING`, and so on.",
        ..Setting::PLAIN
    },
    Setting {
        key: "alerts.email",
        env: Some("CUEBOOK_ALERTS_EMAIL"),
        doc: "Who is told by mail when something is wrong: addresses, commas between. Needs `smtp.url` and `smtp.from`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "alerts.webhook",
        env: Some("CUEBOOK_ALERTS_WEBHOOK"),
        secrecy: Secrecy::Secret,
        doc: "The URL that is told when something is wrong, such as the incoming webhook of a chat: it gets JSON with `text` and `alerts`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "alerts.silence",
        env: Some("CUEBOOK_ALERTS_SILENCE"),
        fallback: Fallback::Value("off"),
        doc: "After how long without a webhook that is told, too: `12h`, `2d`, or `off`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "egress.allow",
        env: Some("CUEBOOK_EGRESS_ALLOW"),
        doc: "Networks (`10.1.0.0/16`) and hosts (`crm.intranet`, `localhost:9000`) that rules may reach although their addresses are private. A list; in the environment, commas between.",
        ..Setting::PLAIN
    },
    Setting {
        key: "retention.payloads",
        env: Some("CUEBOOK_RETENTION_PAYLOADS"),
        fallback: Fallback::Value("30d"),
        doc: "How long it is kept what events and runs say: payloads, journals, log lines, mails and other bytes. In days, from the end of an event's last run.",
        ..Setting::PLAIN
    },
    Setting {
        key: "retention.metadata",
        env: Some("CUEBOOK_RETENTION_METADATA"),
        fallback: Fallback::Value("400d"),
        doc: "How long it is kept that they were: events, runs and the ledger with types, states, times and receivers. Not shorter than `retention.payloads`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "log",
        env: Some("CUEBOOK_LOG"),
        fallback: Fallback::Value("info"),
        doc: "How much is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,cuebook_worker=debug`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "log_format",
        env: Some("CUEBOOK_LOG_FORMAT"),
        fallback: Fallback::Value("text"),
        doc: "`text` or `json`.",
        ..Setting::PLAIN
    },
    Setting {
        key: "otlp_endpoint",
        env: Some("OTEL_EXPORTER_OTLP_ENDPOINT"),
        availability: Availability::Later,
        doc: "Where traces go.",
        ..Setting::PLAIN
    },
];

/// The prefix of secrets for scripts: `CUEBOOK_SECRET_CRM_TOKEN` is what `secret("CRM_TOKEN")` means.
pub(crate) const SCRIPT_SECRET: &str = "CUEBOOK_SECRET_";

/// Variables that are no settings: where the configuration file is, and what commands need to reach a server.
pub(crate) const OTHER_VARIABLES: &[&str] = &["CUEBOOK_CONFIG", "CUEBOOK_URL", "CUEBOOK_KEY"];

/// The setting of a key; those of one family (`trust.<type>`) share one.
pub(crate) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| {
        setting.key == key
            || setting
                .key
                .strip_suffix("<type>")
                .is_some_and(|family| key.len() > family.len() && key.starts_with(family))
    })
}

/// Whether what a file gives to `key` is not to be shown as it is.
pub(crate) fn is_secret(key: &str, text: &str) -> bool {
    setting(key).is_some_and(|setting| setting.masked(text) != text)
}

/// What a file gives to `key`, as it may be shown.
pub(crate) fn shown(key: &str, text: &str) -> String {
    setting(key).map_or_else(String::new, |setting| setting.masked(text))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_and_variables_are_unique_and_alike() {
        let mut seen = HashSet::new();
        for setting in SETTINGS {
            assert!(seen.insert(setting.key), "{}", setting.key);
            let Some(env) = setting.env else { continue };
            assert!(seen.insert(env), "{env}");
            let expected = format!("CUEBOOK_{}", setting.key.replace('.', "_").to_uppercase());
            assert!(env == expected || setting.key == "otlp_endpoint", "{env}");
        }
    }

    #[test]
    fn a_family_has_one_setting_for_all_its_keys() {
        assert_eq!(setting("trust.new-payment").unwrap().key, "trust.<type>");
        assert!(setting("trust.").is_none());
        assert!(setting("listne").is_none());
    }
}
