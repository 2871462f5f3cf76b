//! The reference of the API: pgbench with the very statements that the API sends.

use std::{path::PathBuf, time::Duration};

use uuid::Uuid;

use super::place::{Fresh, Place, told};
use crate::failure::Failure;

/// What scripts may do, and as whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Read, as staff.
    Read,
    /// Write, as the program itself.
    Write,
}

/// Scripts of pgbench, one for each set of values; it chooses among them at random.
#[derive(Debug)]
pub struct Scripts {
    files: Vec<PathBuf>,
    variables: Vec<String>,
}

impl Scripts {
    /// Scripts that run `statement` as the API does: BEGIN, context, statement, COMMIT. Each of `values` gives the
    /// parameters of one script, from `$1` on; pgbench binds its variables as parameters.
    pub fn write(
        place: &Place,
        name: &str,
        (tenant, way): (Uuid, Way),
        statement: &str,
        values: &[Vec<String>],
    ) -> Result<Self, Failure> {
        let mut files = vec![];
        let mut variables =
            vec![format!("tenant={tenant}"), format!("actor=token:{tenant}"), format!("request={tenant}")];
        for (at, values) in values.iter().enumerate() {
            let mut bound = statement.to_owned();
            for (number, value) in values.iter().enumerate().rev() {
                bound = bound.replace(&format!("${}", number + 1), &format!(":v{at}x{number}"));
                variables.push(format!("v{at}x{number}={value}"));
            }
            let path = place.folder.join(format!("{name}{at}.sql"));
            let (begin, context) = match way {
                Way::Read => {
                    ("begin read only", "select app.set_context(:tenant, 'staff', null, null, null, null)")
                }
                Way::Write => {
                    ("begin", "select app.set_context(:tenant, 'system', :actor, null, :request, null)")
                }
            };
            std::fs::write(&path, format!("{begin};\n{context};\n{bound};\ncommit;\n"))?;
            files.push(path);
        }
        Ok(Self { files, variables })
    }

    /// A script that makes a customer as the API does: BEGIN, context, insert, event, COMMIT. `documents` and `payload` are
    /// SQL for the insert's third parameter and for the event's body.
    pub fn create(
        place: &Place,
        tenant: Uuid,
        [insert, event]: [&str; 2],
        (documents, payload): (&str, &str),
    ) -> Result<Self, Failure> {
        let insert = insert
            .replace("$4", "'customers'")
            .replace("$3", documents)
            .replace("$2", ":who")
            .replace("$1", ":tenant");
        let event = event
            .replace("$2::uuid[]", "array[app.uuid7()]")
            .replace("$3::text[]", "array['customer.created']")
            .replace("$4::text[]", "array['customers']")
            .replace("$5::uuid[]", "array[app.uuid7()]")
            .replace("$6::text[]", &format!("array[{payload}]"))
            .replace("$7", ":who")
            .replace("$1", ":tenant");
        let path = place.folder.join("create.sql");
        let context = "select app.set_context(:tenant, 'staff', :actor, null, :request, null, null)";
        std::fs::write(&path, format!("begin;\n{context};\n{insert};\n{event};\ncommit;\n"))?;
        let variables = vec![
            format!("tenant={tenant}"),
            format!("actor=token:{tenant}"),
            format!("request={tenant}"),
            format!("who={tenant}"),
        ];
        Ok(Self { files: vec![path], variables })
    }

    /// Transactions a second over `connections`, as `tenantry_app`, prepared.
    pub async fn run(
        &self,
        place: &Place,
        fresh: &Fresh,
        connections: usize,
        time: Duration,
    ) -> Result<f64, Failure> {
        let login = &fresh.logins.app;
        let mut pgbench = place.program("pgbench", &fresh.name);
        pgbench
            .env("PGUSER", login.get_user().unwrap_or_default())
            .env("PGPASSWORD", String::from_utf8_lossy(login.get_password().unwrap_or_default()).into_owned())
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
            .arg(format!("--client={connections}"))
            .arg(format!("--time={}", time.as_secs()));
        for variable in &self.variables {
            pgbench.arg("--define").arg(variable);
        }
        for file in &self.files {
            pgbench.arg("--file").arg(file);
        }
        let report = told("pgbench", pgbench).await?;
        let rate =
            report.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.ok_or_else(|| Failure::work(format!("pgbench told no rate: {report}")))
    }
}
