//! Where sealed secrets are stored: the one list of their columns, for whoever moves them or seals them anew.

use store::{sql, sql::Sql};

/// A column that holds sealed secrets.
#[derive(Clone, Copy, Debug)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The purpose under which it is sealed.
    pub purpose: &'static str,
    /// A column that is emptied with it: the second step of signing in is asked for as long as its time is set.
    pub with: Option<&'static str>,
    /// Whether the row makes no sense without it and is archived then.
    pub with_row: bool,
    /// Up to `$3` of the tenant's secrets that no key `$2` sealed, above the id `$4`: id and secret, locked.
    pub(crate) find: &'static Sql,
    /// Puts the secrets `$3` into the rows `$2`.
    pub(crate) put: &'static Sql,
}

/// A column with its statements: a secret names its key in four bytes behind the version.
macro_rules! sealed {
    ($table:literal, $column:literal, $purpose:literal) => {
        sealed!($table, $column, $purpose, "")
    };
    ($table:literal, $column:literal, $purpose:literal, $more:literal) => {
        Sealed {
            table: $table,
            column: $column,
            purpose: $purpose,
            with: None,
            with_row: false,
            find: sql!(concat!(
                "select id, ", $column, " from ", $table, " where tenant_id = $1 and id > $4 and length(",
                $column, ") > 5 and substring(", $column,
                " from 2 for 4) <> $2 order by id limit $3 for no key update"
            )),
            put: sql!(concat!(
                "update ",
                $table,
                " set ",
                $column,
                " = given.sealed",
                $more,
                " from unnest($2::uuid[], $3::bytea[]) as given (row_id, sealed)
                 where tenant_id = $1 and id = given.row_id"
            )),
        }
    };
}

/// Every column that holds sealed secrets.
pub static SEALED: &[Sealed] = &[
    Sealed {
        with_row: true,
        ..sealed!(
            "credentials", "sealed", "credential",
            ", key_id = encode(substring(given.sealed from 2 for 4), 'hex')"
        )
    },
    sealed!("webhook_sources", "secret", "webhook_source"),
    sealed!("webhook_sources", "former_secret", "webhook_source"),
    sealed!("webhook_subscriptions", "secret", "webhook_subscription"),
    sealed!("webhook_subscriptions", "former_secret", "webhook_subscription"),
    Sealed { with: Some("totp_since"), ..sealed!("users", "totp", "totp") },
    Sealed { with: Some("totp_since"), ..sealed!("portal_users", "totp", "portal_totp") },
];

/// The columns of bytes that are no sealed secret: hashes and bodies, which go along as they are.
pub const PLAIN_BYTES: &[(&str, &str)] = &[
    ("sessions", "token_hash"),
    ("one_time_tokens", "token_hash"),
    ("spent_refresh_tokens", "token_hash"),
    ("recovery_codes", "code_hash"),
    ("integration_tokens", "token_hash"),
    ("integration_tokens", "former_hash"),
    ("idempotency_keys", "body_hash"),
    ("idempotency_keys", "response_body"),
    ("webhook_receipts", "body_hash"),
    ("webhook_logs", "raw_body"),
];
