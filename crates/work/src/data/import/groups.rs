//! Records that several rows of a file tell: their cells must agree.

use std::collections::HashMap;

use model::{Document, problem::Problem};
use serde_json::Value;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{
    batch::Batch,
    codes,
    finding::Finding,
    plan::PartPlan,
    staged::{Columns, Row},
};

/// A record told by several rows, as far as they were read.
#[derive(Debug)]
pub struct Group {
    /// The record with the row that named it first.
    pub row: Row,
    /// The part, by place in the plan.
    pub place: usize,
}

/// Lays what a later row says to what earlier ones said. A cell that is empty says nothing; two that differ are an
/// error that shows both.
pub fn agree(part: &PartPlan, group: &mut Group, later: Row) {
    let Row {
        number: later_number,
        payload: later_payload,
        errors: later_errors,
        missing: later_missing,
        warnings: later_warnings,
        ..
    } = later;
    let first_number = group.row.number;
    let payload = group.row.payload.get_or_insert_default();
    let mut differing: Vec<(String, Value, Value)> = vec![];
    for (name, value) in later_payload.unwrap_or_default() {
        match (payload.get_mut(&name), value) {
            // What only a new record takes is said by the first row.
            (Some(Value::Object(known)), Value::Object(more)) => {
                for (key, value) in more {
                    lay(known, &key, value, |known, value| {
                        if name == "attributes" {
                            differing.push((key.clone(), known, value));
                        }
                    });
                }
            }
            (_, value) => {
                lay(payload, &name, value, |known, value| differing.push((name.clone(), known, value)))
            }
        }
    }
    for (name, known, value) in differing {
        let field =
            part.entity.fields.iter().find(|f| f.name == name || f.link_name() == Some(name.as_str()));
        let own = part.own.get(&name).filter(|_| field.is_none());
        let label = field.map(|field| field.label.en).or(own.map(|field| &*field.label)).unwrap_or(&name);
        let one = part.entity.label.en.to_lowercase();
        let message = format!(
            "Rows of the same {one} disagree on {label}: row {first_number} says “{}”, row {later_number} says “{}”.",
            shown(&known),
            shown(&value)
        );
        let mend = format!("Write the same {label} on all rows of the {one}.");
        let place = if own.is_some() { format!("attributes.{name}") } else { name.clone() };
        if part.lenient {
            warn(part, &mut group.row, &place, &name, message, value);
            continue;
        }
        let finding = Finding::new(part.name(), &place, &codes::DISAGREES, message, mend)
            .column(part.header(&name))
            .value(value);
        if !group.row.errors.contains(&finding) {
            group.row.errors.push(finding);
        }
    }
    for error in later_errors {
        if !group.row.errors.contains(&error) {
            group.row.errors.push(error);
        }
    }
    for warning in later_warnings {
        let told = |known: &Finding| known.code == warning.code && known.field == warning.field;
        let known = &group.row.warnings;
        if !(known.contains(&warning) || part.lenient && known.iter().any(told)) {
            group.row.warnings.push(warning);
        }
    }
    let still = |finding: &Finding| later_missing.iter().any(|later| later.field == finding.field);
    group.row.missing.retain(still);
}

/// Warns that a later row says something else than the first one, once for each field.
fn warn(part: &PartPlan, row: &mut Row, place: &str, name: &str, message: String, value: Value) {
    let mend = "The first one is taken; write the same on all rows, or leave it so.";
    let finding = Finding::new(part.name(), place, &codes::DIFFERS, message, mend);
    let told = |known: &Finding| known.code == finding.code && known.field == finding.field;
    if !row.warnings.iter().any(told) {
        row.warnings.push(finding.column(part.header(name)).value(value));
    }
}

/// Lays one value to those that are known: an empty one says nothing, and of two that differ the known one stays.
fn lay(known: &mut Document, name: &str, value: Value, differ: impl FnOnce(Value, Value)) {
    match known.get(name) {
        None | Some(Value::Null) => _ = known.insert(name.to_owned(), value),
        Some(same) if value.is_null() || *same == value => {}
        Some(other) => differ(other.clone(), value),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Writes groups, laid together with what earlier chunks staged of them.
pub async fn write(
    tx: &mut TenantTx,
    batch: &Batch,
    plan: &super::plan::Plan,
    groups: HashMap<Uuid, Group>,
) -> Result<(), Problem> {
    let ids: Vec<Uuid> = groups.keys().copied().collect();
    let known = tx
        .query(
            sql!(
                "select id, row_number, payload, coalesce(errors, '[]'), coalesce(warnings, '[]') from import_rows
                 where tenant_id = $1 and id = any($2)"
            ),
            &[&tx.tenant(), &ids],
        )
        .await?;
    let mut groups = groups;
    for row in known {
        let Some(Group { row: later, place }) = groups.remove(&row.get(0)) else { continue };
        let findings: Vec<Finding> = serde_json::from_value(row.get(3)).map_err(Problem::internal)?;
        let payload: Value = row.get(2);
        let (missing, errors) = findings.into_iter().partition(|finding| finding.code == "required");
        let earlier = Row {
            id: later.id,
            part: later.part,
            number: row.get(1),
            refs: later.refs.clone(),
            key: later.key.clone(),
            links: later.links.clone(),
            payload: payload.as_object().cloned(),
            errors,
            missing,
            warnings: serde_json::from_value(row.get(4)).map_err(Problem::internal)?,
            ..Row::default()
        };
        let mut group = Group { row: earlier, place };
        agree(&plan.parts[place], &mut group, later);
        groups.insert(group.row.id, group);
    }
    let rows: Vec<Row> = groups.into_values().map(|group| group.row).collect();
    let columns = Columns::of(&rows)?;
    tx.execute(
        sql!(
            "insert into import_rows (tenant_id, id, batch_id, part, is_file_row, sheet, row_number, root_id, refs,
               external_key, raw, payload, links, status, errors, warnings, defects)
             select $1, r.id, $2, r.part, r.is_file_row, $3, r.row_number, r.root_id, r.refs::uuid[], r.external_key,
               r.raw::text[], r.payload::jsonb, r.links::jsonb, r.status, r.errors::jsonb, r.warnings::jsonb,
               r.defects::jsonb
             from unnest($4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[],
               $11::text[], $12::text[], $13::text[], $14::boolean[], $15::text[], $16::uuid[], $17::text[])
               as r (id, part, row_number, refs, external_key, payload, links, status, errors, warnings, is_file_row, raw,
                 root_id, defects)
             on conflict (tenant_id, id) do update
               set payload = excluded.payload, errors = excluded.errors, status = excluded.status,
                 warnings = excluded.warnings
               where import_rows.payload is distinct from excluded.payload
                 or import_rows.errors is distinct from excluded.errors
                 or import_rows.warnings is distinct from excluded.warnings"
        ),
        &[
            &tx.tenant(),
            &batch.id,
            &batch.sheet,
            &columns.ids,
            &columns.parts,
            &columns.numbers,
            &columns.refs,
            &columns.keys,
            &columns.payloads,
            &columns.links,
            &columns.statuses,
            &columns.errors,
            &columns.warnings,
            &columns.file_rows,
            &columns.raws,
            &columns.roots,
            &columns.defects,
        ],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::staged::text;

    #[test]
    fn findings_survive_the_database() {
        let finding = Finding::new("orders", "freight", &codes::DISAGREES, "a", "b").value("1");
        let back: Finding = serde_json::from_str(&text(&finding).unwrap()).unwrap();
        assert_eq!(back, finding);
    }
}
