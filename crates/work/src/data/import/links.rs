//! Resolves the texts of links to records: of the database, and of the same set of files.

use model::value::{ValueCode, codes as value_codes};
use model::{
    field::{Field, Kind},
    problem::Problem,
    registry,
};
use serde_json::json;
use store::{
    TenantTx,
    sql::{Arg, Query},
};
use uuid::Uuid;

use super::{
    among::Among, batch::Batch, codes, columns::literal, finding::Finding, judge::of_file, plan::PartPlan,
};

/// Resolves one link field of all rows of a part. A text names a record by id, then by the fields that name its
/// entity, best first; of the first field that has a match all matches count, and several are an error.
pub async fn resolve(
    tx: &mut TenantTx,
    batch: &Batch,
    siblings: &[Uuid],
    span: (Uuid, Uuid),
    part: &PartPlan,
    field: &'static Field,
    among: Among<'_>,
) -> Result<(), Problem> {
    let Some(entity) = field.link().and_then(registry::entity) else { return Ok(()) };
    let link = field.link_name().unwrap_or(field.name);
    let key = literal(link);
    let archived = if entity.versioned && entity.archives { "and t.archived_at is null" } else { "" };
    let mut ranks = vec![format!(
        "select w.text, 0 as rank, t.id, false as bad from wanted w join {0} t on t.tenant_id = $1
           and t.id = case when w.text ~ '^[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}$' then w.text::uuid end
         where true {archived}",
        entity.name
    )];
    let staged =
        "s.tenant_id = $1 and s.batch_id = any($5) and s.id between $6 and $7 and s.payload is not null";
    for (at, name) in entity.named_by.iter().enumerate() {
        let Some(named) = entity.field(name) else { continue };
        if !matches!(named.kind, Kind::Text { .. } | Kind::Code | Kind::Email | Kind::Phone | Kind::Url) {
            continue;
        }
        let rank = at + 1;
        let same = match named.key {
            Some(column) => format!("t.{column} = lower(btrim(w.text) collate \"und-x-icu\")"),
            None => format!("t.{name} = w.text"),
        };
        ranks.push(format!(
            "select w.text, {rank}, t.id, false from wanted w join {0} t on t.tenant_id = $1 and {same} {archived}",
            entity.name
        ));
        let of_text = match named.key {
            Some(_) => format!("lower(s.payload ->> '{name}') = lower(btrim(w.text))"),
            None => format!("s.payload ->> '{name}' = w.text"),
        };
        // Rows of the same part are not matched with records yet: what is there already is that record.
        let fresh = if entity.name == part.name() {
            format!(" where not exists (select 1 from {} t where t.tenant_id = $1 and {same})", entity.name)
        } else {
            String::new()
        };
        ranks.push(format!(
            "select w.text, {rank}, coalesce(s.applied_record_id, s.id), s.status = 'failed'
             from wanted w join import_rows s on {staged} and s.part = '{}' and {of_text}{fresh}",
            entity.name
        ));
    }
    // A product's code stands for its SKU where the product has just one.
    if entity.name == "skus" {
        let rank = entity.named_by.len() + 1;
        ranks.push(format!(
            "select w.text, {rank}, t.id, false from wanted w
             join products o on o.tenant_id = $1 and o.code = w.text
             join skus t on t.tenant_id = $1 and t.product_id = o.id {archived}"
        ));
    }
    let one = entity.label.en.to_lowercase();
    let header = part.header(field.name);
    let finding = |code: &'static ValueCode, message: String, mend: String| {
        Finding::new(part.name(), link, code, message, mend).column(header)
    };
    let names = entity.named_by.join(", ");
    let missing = finding(
        &value_codes::UNKNOWN_LINK,
        format!("There is no {one} of this name or code."),
        format!("Write the {names} of an existing {one}, or import it first or together with this file."),
    );
    let ambiguous = finding(
        &value_codes::AMBIGUOUS_LINK,
        format!("Several {} answer to this.", entity.plural.en.to_lowercase()),
        format!("Write the {} that only one of them has.", entity.named_by.first().unwrap_or(&"id")),
    );
    let failed = finding(
        &codes::LINK_FAILED,
        format!("The {one} stands in the import, but its own row has an error."),
        format!("Correct the row of the {one}."),
    );
    let mut args: Vec<Arg> = of_file(tx, batch);
    args.extend([
        siblings.to_vec().into(),
        span.0.into(),
        span.1.into(),
        json!(missing).into(),
        json!(ambiguous).into(),
        json!(failed).into(),
    ]);
    let text = format!(
        "with wanted as materialized (
           select distinct r.payload ->> {key} as text from import_rows r
           where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
             and r.payload ->> {key} is not null{among}
         ), found as (
           {ranks}
         ), best as (select text, min(rank) as rank from found group by text),
         picked as (
           select text, array_agg(distinct id) as ids, bool_and(bad) as bad from found join best using (text, rank)
           group by text
         ), verdict as (
           select w.text, p.ids[1] as id,
             case when p.ids is null then $8::jsonb when cardinality(p.ids) > 1 then $9::jsonb
               when p.bad then $10::jsonb end as finding
           from wanted w left join picked p using (text)
         )
         update import_rows r set
           links = case when v.finding is null
             then coalesce(r.links, '{{}}') || jsonb_build_object('{field}', v.id) else r.links end,
           status = case when v.finding is null then r.status else 'failed' end,
           errors = case when v.finding is null then r.errors
             else coalesce(r.errors, '[]') || jsonb_build_array(v.finding || jsonb_build_object('value', v.text)) end
         from verdict v
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
           and r.payload ->> {key} = v.text{among}",
        name = part.name(),
        field = field.name,
        ranks = ranks.join(" union all "),
        among = among.of("r", &mut args),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}

/// Points the rows of a part at the records that an earlier part of the same rows turned out to be.
pub async fn repoint(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    for (field, _) in &part.of {
        let Some(of) = field.link() else { continue };
        let mut args = of_file(tx, batch);
        let text = format!(
            "update import_rows r set links = r.links || jsonb_build_object('{field}', g.applied_record_id)
             from import_rows g
             where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{part}'
               and g.tenant_id = $1 and g.batch_id = $2 and g.id between $3 and $4 and g.part = '{of}'
               and g.id = (r.links ->> '{field}')::uuid
               and g.applied_record_id <> g.id{among}",
            field = field.name,
            part = part.name(),
            among = among.of("r", &mut args),
        );
        tx.run(&Query::free(text, args)).await?;
    }
    Ok(())
}

/// Adds to each link that was not found the record that was probably meant, for the first twenty different texts.
pub async fn suggest(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    field: &'static Field,
    among: Among<'_>,
) -> Result<(), Problem> {
    let Some(entity) = field.link().and_then(registry::entity).filter(|entity| entity.searchable) else {
        return Ok(());
    };
    let Some(name) = entity.named_by.first() else { return Ok(()) };
    let link = field.link_name().unwrap_or(field.name);
    let kind =
        json!([{ "field": format!("{}.{link}", part.name()), "code": value_codes::UNKNOWN_LINK.code }]);
    let mut args = of_file(tx, batch);
    args.push(kind.into());
    let text = format!(
        "with missing as (
           select distinct r.payload ->> '{link}' as text from import_rows r
           where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{part}'
             and r.status = 'failed' and r.errors @> $5{among}
           limit 20
         ), near as (
           select m.text, (
             select coalesce(t.{name}, t.{title}) from {table} t
             where t.tenant_id = $1 and t.search_text % lower(m.text)
             order by similarity(t.search_text, lower(m.text)) desc limit 1) as name
           from missing m
         )
         update import_rows r set errors = (
           select jsonb_agg(case when e @> ($5 -> 0) then e || jsonb_build_object('suggestion', n.name,
               'mend', 'Did you mean ' || n.name || '? ' || (e ->> 'mend')) else e end)
           from jsonb_array_elements(r.errors) e)
         from near n
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{part}'
           and r.status = 'failed' and r.payload ->> '{link}' = n.text and n.name is not null and r.errors @> $5{among}",
        part = part.name(),
        table = entity.name,
        title = if entity.field(entity.title).is_some() { entity.title } else { name },
        among = among.of("r", &mut args),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}
