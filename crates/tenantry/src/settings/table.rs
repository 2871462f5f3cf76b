//! Every setting there is. The reader, `tenantry config` and `.env.example` come from this table.

use std::fmt::Write;

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The environment variable.
    pub env: &'static str,
    /// The line in `tenantry.toml`.
    pub key: &'static str,
    /// What holds where nobody says anything.
    pub default: Option<&'static str>,
    /// A valid value, for the example file.
    pub example: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its value may hold a password and is not shown.
    pub secret: bool,
}

/// Every setting, in the order in which people meet them.
pub static SETTINGS: &[Setting] = &[
    Setting {
        env: "TENANTRY_LISTEN",
        key: "listen",
        default: Some("127.0.0.1:8080"),
        example: "127.0.0.1:8080",
        about: "Address and port that `tenantry serve` listens on.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_URL",
        key: "url",
        default: Some("http://127.0.0.1:8080"),
        example: "https://crm.example.com",
        about: "The public address of this Tenantry; links in mails begin with it.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_TRUSTED_PROXIES",
        key: "trusted_proxies",
        default: None,
        example: "10.0.0.5, fd00:20::/32",
        about: "Addresses and networks of the proxies in front of `tenantry serve`: their `X-Forwarded-For` says where \
                a request came from. Unset: the other end of the connection does, whatever headers say.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_RATE_CALLER",
        key: "rate_caller",
        default: Some("60000/60"),
        example: "600/60",
        about: "Requests within seconds that each token or person may send to this process, or `off`. So many may also \
                come at once.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_RATE_TENANT",
        key: "rate_tenant",
        default: Some("120000/60"),
        example: "6000/60",
        about: "Requests within seconds that all callers of one company together may send to this process, or `off`.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_RATE_CLIENT",
        key: "rate_client",
        default: Some("3000/60"),
        example: "300/60",
        about: "Requests within seconds without being signed in, failed sign-ins among them, that each address may send \
                to this process, or `off`.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_DATA",
        key: "data",
        default: None,
        example: "/var/lib/tenantry",
        about: "The data folder: own database cluster, uploaded files, generated passwords. \
                Default: /var/lib/tenantry for root, else the platform's folder for a user's data.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_BUCKET",
        key: "s3_bucket",
        default: None,
        example: "tenantry-files",
        about: "The bucket of an S3-compatible object storage that keeps uploaded files, exports and archives. Unset: the \
                folder `files` of the data folder does.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_ENDPOINT",
        key: "s3_endpoint",
        default: None,
        example: "https://objects.example.com",
        about: "The address of the object storage's server. Unset: Amazon's in TENANTRY_S3_REGION.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_HTTP",
        key: "s3_http",
        default: Some("loopback"),
        example: "anywhere",
        about: "Where TENANTRY_S3_ENDPOINT may begin with http://: `loopback`, on this machine alone; `anywhere`, where \
                everybody on the way may read every file.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_REGION",
        key: "s3_region",
        default: Some("us-east-1"),
        example: "eu-central-1",
        about: "The bucket's region. Servers that have none take the default.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_ACCESS_KEY_ID",
        key: "s3_access_key_id",
        default: None,
        example: "AKIAIOSFODNN7EXAMPLE",
        about: "The name of the key to the bucket. Needed where TENANTRY_S3_BUCKET is set.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_SECRET_ACCESS_KEY",
        key: "s3_secret_access_key",
        default: None,
        example: "<the key>",
        about: "The key to the bucket. It must be let list, read, write and delete there. Needed where TENANTRY_S3_BUCKET \
                is set.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_S3_PREFIX",
        key: "s3_prefix",
        default: None,
        example: "production",
        about: "What the names of all files in the bucket begin with, where others use it too. Unset: nothing.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_S3_ENCRYPTION",
        key: "s3_encryption",
        default: Some("bucket"),
        example: "aws:kms",
        about: "How the object storage encrypts what it keeps: `bucket`, as the bucket itself says; `AES256`, with the \
                server's own keys; `aws:kms`, with the bucket's key of the key management, or `aws:kms:` and the key's name.",
        secret: false,
    },
    Setting {
        env: "DATABASE_URL",
        key: "database_url",
        default: None,
        example: "postgresql://admin:password@db.example.com:5432/tenantry",
        about: "An administrator's connection to a PostgreSQL server (15 or newer) of your own; `tenantry migrate` \
                makes roles and tables with it. Unset: Tenantry keeps a cluster of its own in the data folder.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_APP_URL",
        key: "app_url",
        default: None,
        example: "postgresql://tenantry_app:password@db.example.com:5432/tenantry",
        about: "The whole connection of the runtime login. Unset: host, port and database of DATABASE_URL, \
                user tenantry_app and the password that `tenantry migrate` put into the data folder.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_OPERATOR_URL",
        key: "operator_url",
        default: None,
        example: "postgresql://tenantry_operator:password@db.example.com:5432/tenantry",
        about: "The same for the login that may look across tenants for a few listed tasks.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_CONNECTIONS",
        key: "connections",
        default: Some("16"),
        example: "16",
        about: "Most connections of one process to the database.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_THREADS",
        key: "threads",
        default: None,
        example: "4",
        about: "Threads of one process that answer requests and see to jobs; what takes long has others. Unset: half \
                of the cores where PostgreSQL is on this machine and needs the other half, else all.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_DIRECT_URL",
        key: "direct_url",
        default: None,
        example: "postgresql://tenantry_app:password@db.example.com:5432/tenantry",
        about: "The runtime login's connection past a pooler such as PgBouncer, for LISTEN: with it a process hears \
                at once what others enqueue. Unset: the runtime login's own connection. `off`: every process looks \
                by itself once a second.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_JOB_SLOTS",
        key: "job_slots",
        default: Some("8"),
        example: "8",
        about: "Background jobs that one process runs at once. Keep it below TENANTRY_CONNECTIONS.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_JOB_LEASE",
        key: "job_lease",
        default: Some("40"),
        example: "40",
        about: "Seconds after which the background jobs of a process that was not heard of are given to another one. \
                It is heard of, and looks for such jobs of others, four times in that time.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_JOB_GRACE",
        key: "job_grace",
        default: Some("25"),
        example: "25",
        about: "Seconds that running background jobs are given when the process is told to stop; then they are \
                given back for another process.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_SECRET",
        key: "secret",
        default: None,
        example: "<64 hexadecimal digits>",
        about: "The key that seals stored secrets of third parties: `openssl rand -hex 32`. To change it, put the \
                new key first and keep the former ones behind it, separated by spaces. Unset: secret.key in the \
                data folder, made when first needed.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_OUTBOUND_ALLOW",
        key: "outbound_allow",
        default: None,
        example: "10.20.0.0/16, fd00:20::/32",
        about: "Networks that are not public and that webhooks may be posted to all the same, by plain http too. \
                Unset: public addresses by https alone. Whoever may make subscriptions can then reach every server \
                there.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_SMTP_URL",
        key: "smtp_url",
        default: None,
        example: "smtps://user:password@mail.example.com:465",
        about: "The mail server: `smtps://` for TLS from the start, `smtp://…:587?tls=required` for STARTTLS. Unset: \
                mails are written into the folder `mail` of the data folder, and the log says so.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_MAIL_FROM",
        key: "mail_from",
        default: None,
        example: "Tenantry <tenantry@example.com>",
        about: "Who mails come from. Needed where TENANTRY_SMTP_URL is set.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_METRICS_LISTEN",
        key: "metrics_listen",
        default: None,
        example: "127.0.0.1:9464",
        about: "Address and port on which /metrics is answered, apart from the API. Unset, with no token either: \
                there is no /metrics.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_METRICS_TOKEN",
        key: "metrics_token",
        default: None,
        example: "<a long random text>",
        about: "The bearer token that opens /metrics, on TENANTRY_LISTEN too; at least 16 characters.",
        secret: true,
    },
    Setting {
        env: "TENANTRY_OTLP_URL",
        key: "otlp_url",
        default: None,
        example: "http://127.0.0.1:4318",
        about: "An OpenTelemetry collector that takes OTLP over HTTP: a span for each request and each attempt at a job is sent \
                there. Unset: none is made.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_PG_BIN",
        key: "pg_bin",
        default: None,
        example: "/usr/lib/postgresql/17/bin",
        about: "A folder with `initdb` and `postgres` for the own cluster. Unset: they are searched for.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_LOG",
        key: "log",
        default: None,
        example: "info,store=debug",
        about: "Which log lines are written to the error output: error, warn, info, debug, trace, by module if \
                wanted. Unset: info for `serve`, warn for other commands.",
        secret: false,
    },
    Setting {
        env: "TENANTRY_LOG_FORMAT",
        key: "log_format",
        default: Some("text"),
        example: "json",
        about: "`text` for people, `json` for machines.",
        secret: false,
    },
];

/// The text of `.env.example`: every setting, explained, switched off.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Every setting of Tenantry, written by `tenantry config --example`. Each may also be a line of\n\
         # tenantry.toml, under the name in brackets; the environment wins.\n",
    );
    for setting in SETTINGS {
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "\n# [{}] {}\n#{}={}", setting.key, setting.about, setting.env, setting.example);
    }
    text
}
