//! Every offered order, search and indexed filter is answered by an index on its column, as the runtime role,
//! on tables where the tenant has thousands of rows among others; every other filter runs under a time limit.

use std::fmt::Write;

use model::{
    caller::{Actor, Caller},
    entity::Entity,
    field::{Field, Kind},
    query::{Found, ListQuery, Offered, Start, has_index, offered},
    registry,
};
use serde_json::Value;
use store::engine;

use crate::house::{House, pairs};

/// Rows of each tenant in each table.
const ROWS: usize = 3_000;

/// Fills a table with rows of both tenants whose values are spread as the descriptions allow. Rules between
/// columns and tables are taken away first: plans do not depend on them.
async fn fill(house: &House, entity: &'static Entity) {
    let name = entity.name;
    let loosen = format!(
        "do $$ declare rule record; begin
           for rule in select conname from pg_constraint where conrelid = '{name}'::regclass and contype in ('c', 'f')
           loop execute format('alter table {name} drop constraint %I cascade', rule.conname); end loop;
           for rule in select a.attname from pg_attribute a where a.attrelid = '{name}'::regclass and a.attnum > 0
             and a.attnotnull and not a.attisdropped and a.attname not in ('tenant_id', 'id') and a.attgenerated = ''
             and not exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any(i.indkey))
           loop execute format('alter table {name} alter %I drop not null', rule.attname); end loop;
         end $$; set session_replication_role = replica"
    );
    house.admin.batch_execute(&loosen).await.unwrap();
    let sql = "select attname::text from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and attgenerated = ''";
    let columns: Vec<String> =
        house.admin.query(sql, &[&name]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let mut names = String::from("tenant_id, id");
    let mut values = String::from("tenant, app.uuid7()");
    for field in entity.fields.iter().chain(entity.standard()) {
        let stated = columns.iter().any(|column| column == field.name);
        if stated && !matches!(field.name, "id" | "archived_at" | "archived_by" | "version") {
            write!(names, ", \"{}\"", field.name).unwrap();
            write!(values, ", {}", spread(field)).unwrap();
        }
    }
    let (a, b) = (house.a.id, house.b.id);
    let insert = format!(
        "insert into {name} ({names}) select {values} from generate_series(0, {}) n,
         unnest(array['{a}', '{b}']::uuid[]) tenant on conflict do nothing",
        ROWS - 1
    );
    house.admin.batch_execute(&insert).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    // Vacuum also files away what a GIN index has pending, as it does by itself in time.
    house.admin.batch_execute(&format!("vacuum analyze {name}")).await.unwrap();
}

/// The value of row `n`, growing with it where values have an order.
fn spread(field: &Field) -> String {
    let value = match field.kind {
        _ if field.name == "reserved" => "0".to_owned(),
        // Most records are of the first choice, a few of each other.
        Kind::Choice([first, rest @ ..]) => {
            let rest: Vec<_> = rest.iter().map(|choice| format!("'{}'", choice.value)).collect();
            let (first, few, all) = (first.value, rest.len().max(1), rest.join(", "));
            format!(
                "case when n % 40 <> 0 then '{first}' else (array[{all}]::text[])[n / 40 % {few} + 1] end"
            )
        }
        Kind::Integer { min, max } => format!("least({max}, {min} + n)"),
        Kind::Quantity | Kind::Money | Kind::UnitPrice => "n * 1.5".to_owned(),
        Kind::Percent => "n * 0.03".to_owned(),
        Kind::Bool => "n % 100 = 0".to_owned(),
        Kind::Date => "date '2020-01-01' + n".to_owned(),
        Kind::Timestamp => "timestamptz '2020-01-01' + n * interval '1 hour'".to_owned(),
        Kind::Link(_) | Kind::Id => "md5((n / 10)::text)::uuid".to_owned(),
        Kind::Tags => "array['tag ' || n % 50]".to_owned(),
        Kind::Json => "'{}'::jsonb".to_owned(),
        Kind::Ip => "'203.0.113.7'::inet".to_owned(),
        Kind::Country => "'TH'".to_owned(),
        Kind::Currency => "'THB'".to_owned(),
        Kind::Email => "'user' || lpad(n::text, 5, '0') || '@shop.example'".to_owned(),
        _ => "'Value ' || lpad(n::text, 5, '0') || ' ' || substr(md5(n::text), 1, 6)".to_owned(),
    };
    let optional = !field.required && field.default.is_none() && field.name != "created_at";
    if optional { format!("case when n % 10 <> 9 then {value} end") } else { value }
}

/// A value for the operator, such that few records fit.
fn wanted(field: &Field, operator: &str) -> String {
    let (low, high) = match field.kind {
        Kind::Choice(choices) => {
            let rare = |from_end: usize| choices[(choices.len() - from_end).max(1)].value.to_owned();
            (rare(2), rare(1))
        }
        Kind::Integer { min, .. } => ((min + 5).to_string(), (min + 2_990).to_string()),
        Kind::Quantity | Kind::Money | Kind::UnitPrice => ("15".to_owned(), "4485".to_owned()),
        Kind::Percent => ("0.3".to_owned(), "89.7".to_owned()),
        Kind::Bool => ("true".to_owned(), "true".to_owned()),
        Kind::Date => ("2020-01-10".to_owned(), "2028-03-05".to_owned()),
        Kind::Timestamp => ("2020-01-01T10:00:00Z".to_owned(), "2020-05-04T20:00:00Z".to_owned()),
        Kind::Link(_) | Kind::Id => (
            "cfcd2084-95d5-65ef-66e7-dff9f98764da".to_owned(),
            "c4ca4238-a0b9-2382-0dcc-509a6f75849b".to_owned(),
        ),
        Kind::Ip => ("203.0.113.7".to_owned(), "203.0.113.8".to_owned()),
        Kind::Country => ("TH".to_owned(), "LA".to_owned()),
        Kind::Currency => ("THB".to_owned(), "USD".to_owned()),
        Kind::Email => ("user00010@shop.example".to_owned(), "user02990@shop.example".to_owned()),
        Kind::Phone => ("00123".to_owned(), "02990".to_owned()),
        Kind::Url => ("https://00123.example".to_owned(), "https://02990.example".to_owned()),
        _ => ("Value 00010".to_owned(), "Value 02990".to_owned()),
    };
    match operator {
        "lt" | "lte" | "eq" | "ne" => low,
        "gt" | "gte" => high,
        "between" => format!("{low},{low}"),
        "in" => format!("{low},{high}"),
        "is_null" => "true".to_owned(),
        "contains" if field.kind == Kind::Email => "user01717@".to_owned(),
        "contains" => "02990".to_owned(),
        _ => "Value 0001%".to_owned(),
    }
}

async fn plan(
    house: &House,
    caller: &Caller,
    entity: &'static Entity,
    query: &ListQuery,
    found: Found,
) -> (Value, bool) {
    let (explain, slow) = engine::explain(caller, entity, query, found).unwrap();
    let rows = house.db.read(caller, explain).await.unwrap();
    let plan: Value = rows[0].get(0);
    (plan[0]["Plan"].clone(), slow)
}

/// Every node of a plan.
fn nodes(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(nodes);
    [plan].into_iter().chain(below).collect()
}

/// An index condition on one of the columns.
fn by_condition(plan: &Value, columns: &[&str]) -> bool {
    nodes(plan).iter().any(|node| {
        let condition = node["Index Cond"].as_str().unwrap_or_default();
        let is = |c: char| c.is_ascii_alphanumeric() || c == '_';
        condition.split(|c| !is(c)).any(|word| columns.contains(&word))
    })
}

/// The page is read in the order of an index on the column: under each `limit` an index scan and no sort. What stands above
/// other limits has few records.
async fn by_order(house: &House, plan: &Value, column: &str) -> bool {
    let is_limit = |node: &&Value| node["Node Type"] == "Limit";
    let few = |limit: &&Value| nodes(limit).iter().skip(1).any(is_limit);
    let limits: Vec<_> = nodes(plan).into_iter().filter(is_limit).filter(|limit| !few(limit)).collect();
    for limit in &limits {
        let inner = nodes(limit);
        let Some(index) = inner.iter().find_map(|node| node["Index Name"].as_str()) else { return false };
        if inner.iter().any(|node| node["Node Type"] == "Sort") {
            return false;
        }
        let sql = "select pg_get_indexdef($1::text::regclass::oid, 2, true)";
        let second: String = house.admin.query_one(sql, &[&index]).await.unwrap().get(0);
        // By a unique key of all three the order is the same.
        if second.trim_matches('"') != column {
            return false;
        }
    }
    !limits.is_empty()
}

#[tokio::test]
async fn an_index_answers_every_order_search_and_indexed_filter() {
    let house = House::new().await;
    let person = house.a.manager();
    // People see of what is personal only their own; a token sees all and is answered in the same order.
    let token = Caller { actor: Actor::Token(house.a.id), ..person.clone() };
    let mut faults = vec![];
    let mut checked = 0;
    for entity in registry::ENTITIES.iter().copied() {
        fill(&house, entity).await;
        let manager = if entity.personal.is_some() { &token } else { &person };
        let sql = format!("select max(id::text) from {} where tenant_id = $1", entity.name);
        let some: String = house.admin.query_one(&sql, &[&house.a.id]).await.unwrap().get(0);
        for offer in offered(entity) {
            let fault = match offer {
                Offered::Sort { field, descending } => {
                    let sort = format!("{}{}", if descending { "-" } else { "" }, field.name);
                    let mut query = ListQuery::parse(entity, &pairs(&[("sort", &sort)])).unwrap();
                    let (first, slow) = plan(&house, manager, entity, &query, Found::Exactly).await;
                    let page = engine::list(&house.db, manager, entity, &query).await.unwrap();
                    query.start = Start::After(page.next.unwrap());
                    let (next, _) = plan(&house, manager, entity, &query, Found::Exactly).await;
                    let ordered = by_order(&house, &first, field.name).await
                        && by_order(&house, &next, field.name).await;
                    let ordered = ordered && !slow && by_condition(&next, &[field.name]);
                    (!ordered).then(|| format!("sort={sort}\n{first:#}\n{next:#}"))
                }
                Offered::Filter { field, operator, indexed } => {
                    let parameter = format!("filter[{}][{operator}]", field.name);
                    let value = if field.name == "id" && operator != "is_null" {
                        some.clone()
                    } else {
                        wanted(field, operator)
                    };
                    let query = ListQuery::parse(entity, &pairs(&[(&parameter, &value)]))
                        .unwrap_or_else(|problem| panic!("{parameter}={value}: {problem:?}"));
                    let (plan, slow) = plan(&house, manager, entity, &query, Found::Exactly).await;
                    // Without search_text no index finds what a text contains.
                    let indexed = indexed && (operator != "contains" || entity.searchable);
                    let column = field.key.unwrap_or(field.name);
                    let columns = [column, if operator == "contains" { "search_text" } else { column }];
                    let answered = by_condition(&plan, &columns);
                    match (indexed, slow) {
                        (true, false) if answered => None,
                        (false, true) => None,
                        _ => Some(format!("{parameter}={value} limited: {slow}\n{plan:#}")),
                    }
                }
                Offered::Search => {
                    let query = ListQuery::parse(entity, &pairs(&[("q", "02990")])).unwrap();
                    let mut unanswered = String::new();
                    for found in [Found::Exactly, Found::Roughly] {
                        let (plan, slow) = plan(&house, manager, entity, &query, found).await;
                        if slow || !by_condition(&plan, &["search_text"]) {
                            write!(unanswered, "q= {found:?}\n{plan:#}").unwrap();
                        }
                    }
                    let short =
                        entity.named_by.iter().filter_map(|name| entity.field(name)).filter(|f| has_index(f));
                    let short: Vec<_> = short.map(|field| field.name).collect();
                    if !short.is_empty() {
                        let query = ListQuery::parse(entity, &pairs(&[("q", "xy")])).unwrap();
                        let (plan, _) = plan(&house, manager, entity, &query, Found::Exactly).await;
                        if !by_condition(&plan, &short) {
                            write!(unanswered, "q=xy\n{plan:#}").unwrap();
                        }
                    }
                    (!unanswered.is_empty()).then_some(unanswered)
                }
            };
            checked += 1;
            faults.extend(fault.map(|fault| format!("{} {fault}", entity.name)));
        }
    }
    assert!(checked > 500, "only {checked} lists were looked at");
    let heads: Vec<_> = faults.iter().map(|fault| fault.lines().next().unwrap_or_default()).collect();
    let shown: Vec<_> = faults.iter().take(3).map(String::as_str).collect();
    assert!(faults.is_empty(), "{}\n{}", heads.join("\n"), shown.join("\n\n"));
}
