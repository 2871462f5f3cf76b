//! What the server and the database must be.

use tokio_postgres::Client;

use super::error::MigrateError;

/// The oldest minor version of each major one whose known holes do not concern us (isolation and dumps).
const OLDEST: [(i32, i32); 3] = [(15, 14), (16, 10), (17, 6)];

/// Refuses a server that is too old and a database whose text would sort or fold wrongly.
pub(super) async fn check(client: &Client) -> Result<(), MigrateError> {
    let sql = "select current_setting('server_version_num')::int4, current_database()::text, \
               pg_encoding_to_char(encoding)::text, datlocprovider::text, datcollate::text, datctype::text, \
               coalesce(to_jsonb(d) ->> 'datlocale', '') \
               from pg_database d where datname = current_database()";
    let row = client
        .query_one(sql, &[])
        .await
        .map_err(MigrateError::step("read the server's version and locale"))?;
    let database: String = row.get(1);
    version(row.get(0))?;
    encoding(&database, row.get(2))?;
    let provider: String = row.get(3);
    locale(&database, &provider, &[row.get(4), row.get(5)], row.get(6))
}

fn version(number: i32) -> Result<(), MigrateError> {
    let (major, minor) = (number / 10_000, number % 10_000);
    if major < OLDEST[0].0 {
        let mend = "Tenantry needs 15.14, 16.10, 17.6, 18.0 or newer: upgrade the server";
        return Err(MigrateError::Unfit(format!("the server is PostgreSQL {major}.{minor}; {mend}")));
    }
    match OLDEST.iter().find(|(known, _)| *known == major) {
        Some((_, least)) if minor < *least => Err(MigrateError::Unfit(format!(
            "the server is PostgreSQL {major}.{minor}, which has known security holes: install {major}.{least} or newer \
             (a minor upgrade keeps the data: replace the programs and restart the server)"
        ))),
        _ => Ok(()),
    }
}

fn encoding(database: &str, encoding: &str) -> Result<(), MigrateError> {
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(MigrateError::Unfit(format!(
        "the database {database} has the encoding {encoding}, not UTF8: {}",
        mend(database)
    )))
}

/// ICU (`i`), the builtin provider's C.UTF-8 (`b`, from 17) or the C library's C.UTF-8 (`c`).
fn locale(database: &str, provider: &str, libc: &[&str], builtin: &str) -> Result<(), MigrateError> {
    let is_c_utf8 = |name: &str| matches!(name.to_ascii_lowercase().as_str(), "c.utf-8" | "c.utf8");
    let fits = match provider {
        "i" => true,
        "b" => is_c_utf8(builtin),
        _ => libc.iter().all(|name| is_c_utf8(name)),
    };
    if fits {
        return Ok(());
    }
    let name = if provider == "b" { builtin } else { libc.first().copied().unwrap_or_default() };
    Err(MigrateError::Unfit(format!(
        "the database {database} has the locale {name}, whose order of text depends on the operating system and changes \
         with it, which breaks indexes: {}",
        mend(database)
    )))
}

fn mend(database: &str) -> String {
    format!(
        "make it with `CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE \
         'C.UTF-8'`",
        super::session::identifier(database)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_servers_are_refused_with_the_version_to_install() {
        for good in [150_014, 150_018, 160_010, 170_006, 180_000, 190_001] {
            assert!(version(good).is_ok(), "{good}");
        }
        assert!(version(150_013).unwrap_err().to_string().contains("15.14"));
        assert!(version(160_009).unwrap_err().to_string().contains("16.10"));
        assert!(version(170_005).unwrap_err().to_string().contains("17.6"));
        assert!(version(140_020).unwrap_err().to_string().contains("upgrade the server"));
    }

    #[test]
    fn other_encodings_and_locales_are_refused_with_the_statement_that_mends() {
        assert!(encoding("shop", "UTF8").is_ok());
        assert!(encoding("shop", "LATIN1").unwrap_err().to_string().contains("CREATE DATABASE \"shop\""));
        assert!(locale("shop", "i", &["en_US.UTF-8", "en_US.UTF-8"], "").is_ok());
        assert!(locale("shop", "c", &["C.UTF-8", "C.utf8"], "").is_ok());
        assert!(locale("shop", "b", &["C", "C"], "C.UTF-8").is_ok());
        assert!(locale("shop", "b", &["C", "C"], "C").is_err());
        let text = locale("shop", "c", &["en_US.UTF-8", "en_US.UTF-8"], "").unwrap_err().to_string();
        assert!(text.contains("en_US.UTF-8") && text.contains("LOCALE_PROVIDER icu"), "{text}");
    }
}
