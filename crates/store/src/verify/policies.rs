//! Each table's policies against those of its class, as PostgreSQL prints them.
//!
//! The expected text stands here a second time on purpose: the check does not ask the function that made the policies.

use model::problem::Problem;
use tokio_postgres::GenericClient;

use super::{Check, Finding, run, tables};

const CHECKS: &[Check] = &[
    Check {
        rule: "class",
        sql: tables!(
            "select coalesce(t.name, k.table_name), case when t.name is null then 'has a class, but does not exist'
               else 'has no class' end
             from (select * from tables where not relispartition) t full join app.table_classes() k on k.table_name = t.name
             where t.name is null or k.table_name is null
             order by 1"
        ),
    },
    Check {
        rule: "row_level_security",
        sql: tables!(
            "select name, 'row-level security is not ' || case when relrowsecurity then 'forced' else 'enabled' end
             from tables where not (relrowsecurity and relforcerowsecurity)
             order by 1"
        ),
    },
];

const POLICIES: &str = tables!(
    "select t.name, t.root, t.class, t.flags, p.polname::text, p.polcmd::text, p.polpermissive,
       (select coalesce(string_agg(case r when 0 then 'PUBLIC' else pg_get_userbyid(r)::text end, ', ' order by r), '')
        from unnest(p.polroles) r),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
     from tables t left join pg_policy p on p.polrelid = t.oid
     where t.class is not null
     order by t.name, p.polname"
);

/// A policy as the catalog shows it. `command` is `r`, `a`, `w`, `d` or `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Policy {
    name: String,
    command: String,
    permissive: bool,
    roles: String,
    using: Option<String>,
    check: Option<String>,
}

impl Policy {
    fn permissive(
        name: String,
        command: &str,
        roles: &str,
        using: Option<&str>,
        check: Option<&str>,
    ) -> Self {
        Self {
            name,
            command: command.to_owned(),
            permissive: true,
            roles: roles.to_owned(),
            using: using.map(str::to_owned),
            check: check.map(str::to_owned),
        }
    }
}

pub(super) async fn findings(client: &impl GenericClient) -> Result<Vec<Finding>, Problem> {
    let mut findings = run(client, CHECKS).await?;
    let rows = client.query(POLICIES, &[]).await.map_err(Problem::internal)?;
    for table in rows.chunk_by(|one, other| one.get::<_, &str>(0) == other.get::<_, &str>(0)) {
        let Some(first) = table.first() else { continue };
        let name: String = first.get(0);
        let mut expected = expected(&name, first.get(1), first.get(2), &first.get::<_, Vec<String>>(3));
        let mut found: Vec<Policy> = table
            .iter()
            .filter(|row| row.get::<_, Option<&str>>(4).is_some())
            .map(|row| Policy {
                name: row.get(4),
                command: row.get(5),
                permissive: row.get(6),
                roles: row.get(7),
                using: row.get(8),
                check: row.get(9),
            })
            .collect();
        expected.sort();
        found.sort();
        findings.extend(found.iter().filter(|policy| !policy.permissive).map(|policy| Finding {
            rule: "restrictive_policy",
            subject: name.clone(),
            detail: format!(
                "{} is restrictive: a distributed engine would let everything through",
                policy.name
            ),
        }));
        findings.extend(found.iter().filter(|policy| !expected.contains(policy)).map(|policy| Finding {
            rule: "policy",
            subject: name.clone(),
            detail: format!("not a policy of its class: {policy:?}"),
        }));
        findings.extend(expected.iter().filter(|policy| !found.contains(policy)).map(|policy| Finding {
            rule: "policy",
            subject: name.clone(),
            detail: format!("a policy of its class is missing: {policy:?}"),
        }));
    }
    Ok(findings)
}

fn setting_is(name: &str) -> String {
    format!("(NULLIF(current_setting('{name}'::text, true), ''::text))::uuid")
}

fn scope(names: &[&str]) -> String {
    const SETTING: &str = "current_setting('app.scope'::text, true)";
    match names {
        [one] => format!("({SETTING} = '{one}'::text)"),
        many => {
            format!("(array_position('{{{}}}'::text[], {SETTING}) IS NOT NULL)", many.join(","))
        }
    }
}

/// The policies a table of this class has, besides their order. An unknown class has the owner's alone.
fn expected(table: &str, root: &str, class: &str, flags: &[String]) -> Vec<Policy> {
    let tenant_column = if class == "tenants" { "id" } else { "tenant_id" };
    let customer_column = if root == "customers" { "id" } else { "customer_id" };
    let tenant = format!("({tenant_column} = {})", setting_is("app.current_tenant_id"));
    let within = |rest: &str| Some(format!("({tenant} AND {rest})"));
    let anyone = within(&scope(&["staff", "portal", "system"]));
    let staff = within(&scope(&["staff", "system"]));
    let system = within(&scope(&["system"]));
    let own = within(&format!(
        "({} OR ({} AND ({customer_column} = {})))",
        scope(&["staff", "system"]),
        scope(&["portal"]),
        setting_is("app.current_customer_id"),
    ));
    let everybody = Some("true".to_owned());

    let (mut reads, inserts, mut updates, mut deletes) = match class {
        "customer" => (own.clone(), own.clone(), own.clone(), own),
        "catalogue" => (anyone, staff.clone(), staff.clone(), staff.clone()),
        "staff" => (staff.clone(), staff.clone(), staff.clone(), staff.clone()),
        "system" => (system.clone(), anyone, system.clone(), system),
        "open" => (anyone.clone(), anyone.clone(), anyone.clone(), anyone),
        "tenants" => (anyone, system.clone(), staff.clone(), system),
        "lookup" => (everybody, system.clone(), system.clone(), system),
        "global" => (everybody, None, None, None),
        _ => (None, None, None, None),
    };
    if flags.iter().any(|flag| flag == "staff_reads") {
        reads = staff;
    }
    if flags.iter().any(|flag| flag == "append_only") {
        (updates, deletes) = (None, None);
    }

    let app = "tenantry_app";
    let mut policies =
        vec![Policy::permissive(format!("{table}_owner"), "*", "tenantry_owner", Some("true"), Some("true"))];
    if let Some(reads) = &reads {
        policies.push(Policy::permissive(format!("{table}_app_select"), "r", app, Some(reads), None));
    }
    if let Some(inserts) = &inserts {
        policies.push(Policy::permissive(format!("{table}_app_insert"), "a", app, None, Some(inserts)));
    }
    if let Some(updates) = &updates {
        policies.push(Policy::permissive(
            format!("{table}_app_update"),
            "w",
            app,
            Some(updates),
            Some(updates),
        ));
    }
    if let Some(deletes) = &deletes {
        policies.push(Policy::permissive(format!("{table}_app_delete"), "d", app, Some(deletes), None));
    }
    if flags.iter().any(|flag| flag == "operator") {
        policies.push(Policy::permissive(
            format!("{table}_operator"),
            "r",
            "tenantry_operator",
            Some("true"),
            None,
        ));
    }
    policies
}
