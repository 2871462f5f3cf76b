//! Which staged rows look at which others when they are judged.

use std::collections::BTreeSet;

use model::{field::Kind, problem::Problem, registry};
use serde_json::Value;
use store::{
    TenantTx, sql,
    sql::{Arg, Query},
};
use uuid::Uuid;

use super::{columns, rejudge::States, steps::Work, types::Role};

/// Whether stock may lie there by default.
pub fn is_place(part: &str) -> bool {
    matches!(part, "warehouses" | "warehouse_locations")
}

/// Rows of a part that name records of the same set by a link.
struct Linking {
    /// The file and the part that link.
    batch: Uuid,
    part: &'static str,
    /// The link's name in payloads.
    link: &'static str,
    /// The part that is linked to, and the fields by which it is named.
    to: &'static str,
    names: Vec<&'static str>,
    /// Rows of the part are judged when these are, or later, so that these see how they were staged.
    early: bool,
}

/// Who looks at whom within a set.
pub struct Reach<'a> {
    work: &'a Work,
    links: Vec<Linking>,
    /// Files with documents of several rows.
    documents: Vec<Uuid>,
}

impl<'a> Reach<'a> {
    /// Of a set.
    pub fn of(work: &'a Work) -> Self {
        let mut links = vec![];
        for (at, step) in work.steps.iter().enumerate() {
            let Some((batch, _, part)) = work.part(step) else { continue };
            for field in columns::distinct(&part.given_links) {
                let Some(entity) = field.link().and_then(registry::entity) else { continue };
                let last = work.steps.iter().rposition(|other| {
                    work.part(other).is_some_and(|(_, _, other)| other.name() == entity.name && !other.made)
                });
                let Some(last) = last else { continue };
                let text = |name: &&&'static str| {
                    let kind = entity.field(name).map(|field| field.kind);
                    matches!(
                        kind,
                        Some(Kind::Text { .. } | Kind::Code | Kind::Email | Kind::Phone | Kind::Url)
                    )
                };
                links.push(Linking {
                    batch: batch.id,
                    part: part.name(),
                    link: field.link_name().unwrap_or(field.name),
                    to: entity.name,
                    names: entity.named_by.iter().filter(text).copied().collect(),
                    early: last >= at,
                });
            }
        }
        let document = |(_, plan): &(_, &Option<std::sync::Arc<super::plan::Plan>>)| {
            plan.iter().flat_map(|plan| &plan.parts).any(|part| part.part.role == Role::Child)
        };
        let documents = work.family.children.iter().zip(&work.plans).filter(document);
        let documents = documents.map(|(batch, _)| batch.id).collect();
        Self { work, links, documents }
    }

    /// Adds the rows without which these cannot be judged: the rest of their documents, and what they link to that is
    /// judged no earlier than they are.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn close(&self, tx: &mut TenantTx, rows: &mut BTreeSet<Uuid>) -> Result<(), Problem> {
        loop {
            let known = rows.len();
            let ids: Vec<Uuid> = rows.iter().copied().collect();
            if !self.documents.is_empty() {
                rows.extend(self.of_documents(tx, &ids).await?);
            }
            for link in self.links.iter().filter(|link| link.early) {
                rows.extend(self.named(tx, link, &ids).await?);
            }
            if rows.len() == known || known > super::rejudge::MOST {
                return Ok(());
            }
        }
    }

    async fn of_documents(&self, tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
        let (low, high) = self.work.family.id_range();
        let found = tx
            .query(
                sql!(
                    "with roots as materialized (
                       select distinct coalesce(root_id, id) as id from import_rows
                       where tenant_id = $1 and id = any($2) and batch_id = any($3))
                     select r.id from roots join import_rows r on r.tenant_id = $1 and r.id = roots.id
                       and r.id between $4 and $5
                     union
                     select r.id from import_rows r
                     where r.tenant_id = $1 and r.batch_id = any($3) and r.id between $4 and $5
                       and r.root_id = any(array(select id from roots))"
                ),
                &[&tx.tenant(), &ids, &self.documents, &low, &high],
            )
            .await?;
        Ok(found.iter().map(|row| row.get(0)).collect())
    }

    /// The rows that links of these rows name.
    async fn named(&self, tx: &mut TenantTx, link: &Linking, ids: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
        let named = link.names.iter().map(|name| format!("lower(s.payload ->> '{name}') = w.text"));
        let text = format!(
            "with wanted as materialized (
               select distinct lower(btrim(r.payload ->> '{link}')) as text from import_rows r
               where r.tenant_id = $1 and r.id = any($2) and r.batch_id = $3 and r.part = '{part}'
                 and r.payload ->> '{link}' is not null)
             select s.id from wanted w join import_rows s on ({named})
             where s.tenant_id = $1 and s.batch_id = any($4) and s.id between $5 and $6 and s.part = '{to}'",
            link = link.link,
            part = link.part,
            to = link.to,
            named = either(named),
        );
        let mut args: Vec<Arg> = vec![tx.tenant().into(), ids.to_vec().into(), link.batch.into()];
        args.extend(self.family());
        let found = tx.run(&Query::free(text, args)).await?;
        Ok(found.iter().map(|row| row.get(0)).collect())
    }

    /// All files, and the least and greatest id of their rows.
    fn family(&self) -> [Arg; 3] {
        let (low, high) = self.work.family.id_range();
        [self.work.family.child_ids().into(), low.into(), high.into()]
    }

    /// The rows that look at those which came out otherwise than before: of the same key, of the records they are, linked
    /// to them, or standing on them.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn lookers(
        &self,
        tx: &mut TenantTx,
        before: &States,
        after: &States,
    ) -> Result<BTreeSet<Uuid>, Problem> {
        let changed: Vec<Uuid> = before
            .keys()
            .chain(after.keys().filter(|id| !before.contains_key(id)))
            .filter(|id| before.get(id) != after.get(id))
            .copied()
            .collect();
        let states: Vec<&Value> =
            changed.iter().flat_map(|id| [before.get(id), after.get(id)]).flatten().collect();
        let mut all = BTreeSet::new();
        all.extend(self.standing(tx, &changed).await?);
        all.extend(self.same(tx, &changed, &states).await?);
        for link in &self.links {
            all.extend(self.linked(tx, link, &states).await?);
        }
        Ok(all)
    }

    /// Rows that stand on these records.
    async fn standing(&self, tx: &mut TenantTx, changed: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
        let several = |plan: &super::plan::Plan| plan.parts.iter().filter(|part| !part.made).count() > 1;
        if !self.work.plans.iter().flatten().any(|plan| several(plan)) {
            return Ok(vec![]);
        }
        let (low, high) = self.work.family.id_range();
        let found = tx
            .query(
                sql!(
                    "select r.id from import_rows r
                     where r.tenant_id = $1 and r.batch_id = any($2) and r.id between $3 and $4 and r.refs && $5"
                ),
                &[&tx.tenant(), &self.work.family.child_ids(), &low, &high, &changed],
            )
            .await?;
        Ok(found.iter().map(|row| row.get(0)).collect())
    }

    /// Rows of the same key, and rows of files behind that are taken for the same record.
    async fn same(
        &self,
        tx: &mut TenantTx,
        changed: &[Uuid],
        states: &[&Value],
    ) -> Result<Vec<Uuid>, Problem> {
        let (mut parts, mut keys) = (vec![], vec![]);
        let mut records: Vec<Uuid> = changed.to_vec();
        for state in states {
            if let (Some(part), Some(key)) = (state["part"].as_str(), state["external_key"].as_str()) {
                parts.push(part.to_owned());
                keys.push(key.to_owned());
            }
            let record = state["applied_record_id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
            records.extend(record);
        }
        let (low, high) = self.work.family.id_range();
        let found = tx
            .query(
                sql!(
                    "with keys as materialized (
                       select distinct part, key from unnest($5::text[], $6::text[]) as k (part, key))
                     select r.id from keys join import_rows r on r.part = keys.part and r.external_key = keys.key
                     where r.tenant_id = $1 and r.batch_id = any($2) and r.id between $3 and $4
                     union
                     select r.id from import_rows r
                     where r.tenant_id = $1 and r.batch_id = any($2) and r.id between $3 and $4
                       and r.applied_record_id = any($7)"
                ),
                &[&tx.tenant(), &self.work.family.child_ids(), &low, &high, &parts, &keys, &records],
            )
            .await?;
        Ok(found.iter().map(|row| row.get(0)).collect())
    }

    /// Rows whose links name one of these records, as they were or are called.
    async fn linked(
        &self,
        tx: &mut TenantTx,
        link: &Linking,
        states: &[&Value],
    ) -> Result<Vec<Uuid>, Problem> {
        let of_part = states.iter().filter(|state| state["part"].as_str() == Some(link.to));
        let named =
            of_part.flat_map(|state| link.names.iter().filter_map(|name| state["payload"][*name].as_str()));
        let names: Vec<String> = named.map(str::to_lowercase).collect();
        if names.is_empty() {
            return Ok(vec![]);
        }
        let text = format!(
            "select r.id from import_rows r
             where r.tenant_id = $1 and r.batch_id = $2 and r.part = '{part}' and r.id between $3 and $4
               and lower(btrim(r.payload ->> '{link}')) = any($5)",
            part = link.part,
            link = link.link,
        );
        let (low, high) = self.work.family.id_range();
        let args = vec![tx.tenant().into(), link.batch.into(), low.into(), high.into(), names.into()];
        let found = tx.run(&Query::free(text, args)).await?;
        Ok(found.iter().map(|row| row.get(0)).collect())
    }
}

/// One condition of several; never where there is none.
fn either(conditions: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = conditions.collect();
    if all.is_empty() { "false".into() } else { all.join(" or ") }
}
