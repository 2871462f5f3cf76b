//! The first page: how to ask, and every entity.

use std::collections::BTreeMap;

use maud::{Markup, html};
use model::{
    entity::{Area, Entity},
    registry,
};

use super::{block, prose};
use crate::{
    assets::LICENSES,
    routes::{Action, routes},
};

pub fn body() -> Markup {
    html! {
        h1 { "The Tenantry API" }
        p { (prose("Every record belongs to one company, the tenant. A token reaches the records of its own tenant alone, as far as its role permits.")) }
        (block("curl -H 'Authorization: Bearer tnt_…' https://…/api/v1/customers?limit=2"))
        h2 id="values" { "Values" }
        ul {
            li { (prose("Money, prices and quantities are strings: `\"12.50\"`. JSON numbers of at most 15 digits are read too.")) }
            li { (prose("Times are RFC 3339 in UTC, days `YYYY-MM-DD`, ids UUIDs. `null` is an empty field.")) }
            li { (prose("A create may leave out what has a default; a `PATCH` changes the fields it names and leaves the others.")) }
        }
        h2 id="lists" { "Lists" }
        (block("GET /api/v1/customers?filter[status]=ACTIVE&filter[credit_limit][gte]=1000&filter[owner.name][contains]=an\n    &q=vineyard&sort=-created_at,name&limit=50&fields=code,name&expand=owner&count=capped"))
        ul {
            li { (prose("Operators: `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in` and `between` (values joined by commas), `like`, `contains`, `is_null`.")) }
            li { (prose("The answer is `{data, page: {next, prev, count}}`; `after=` takes `next` for the following page, `before=` takes `prev`. A cursor belongs to its question: the same filter, sort and caller.")) }
            li { (prose("A filter on a field that is not marked as indexed runs under a time limit and may answer `too_slow`.")) }
        }
        h2 id="versions" { "Versions" }
        p { (prose("A record carries its version as `ETag`. Send it back as `If-Match` with a write, and the write answers `412 changed` when somebody else was faster, with theirs, mine and before of each field. `If-None-Match` on a read answers `304`.")) }
        h2 id="search" { "Search" }
        (block("GET /api/v1/search?q=harbor&limit=10&entities=customers,orders"))
        p { (prose("Over every kind of record that the caller may see, best matches first: `{data: [{entity, id, title, subtitle, score}]}`.")) }
        h2 id="once" { "Done once" }
        p { (prose("A POST with `Idempotency-Key` is done once: the same key and body give the stored answer again for 24 hours, with `Idempotency-Replayed: true`; another body is `422`, a repetition while the first is being done `409`. What failed is not kept. Answers that hold a secret are never kept.")) }
        h2 id="limits" { "Limits" }
        p { (prose("`RateLimit-Policy` tells how many requests you, your company or your address may send, `RateLimit` what is left. One too many is `429` with `Retry-After`. Bodies hold 1 MiB, uploads 512 MiB, a bulk call 1,000 records.")) }
        h2 id="archive" { "Archive" }
        p { (prose("`DELETE` archives; `POST …/{id}/restore` brings back. Archived records keep their keys and are left out of lists unless `archived=with` asks for them.")) }
        h2 id="problems" { "Problems" }
        p { "Every refusal has a stable code and names what to mend: " a href="/docs/problems" { "all codes" } "." }
        h2 id="entities" { "Entities" }
        @for (area, entities) in by_area() {
            h3 { (area_name(area)) }
            ul.columns {
                @for entity in entities { li { a href={ "/api/docs/" (entity.name) } { (entity.plural.en) } } }
            }
        }
        h2 id="other" { "Other addresses" }
        div.scroll { table {
            @for route in routes().iter().filter(|route| route.entity().is_none() && !route.is_page()) {
                @if !matches!(route.action, Action::Docs(_)) {
                    tr { td { span.method { (route.method) } code { (route.path) } } }
                }
            }
        } }
        h2 id="packages" { "Packed in" }
        p { "The pages' packages that this binary holds, each under its own license:" }
        ul { @for (name, version, license) in LICENSES { li { (name) " " (version) ", " (license) } } }
    }
}

fn by_area() -> BTreeMap<Area, Vec<&'static Entity>> {
    let mut areas: BTreeMap<Area, Vec<_>> = BTreeMap::new();
    for entity in registry::ENTITIES.iter().copied() {
        areas.entry(entity.area).or_default().push(entity);
    }
    areas
}

fn area_name(area: Area) -> &'static str {
    match area {
        Area::Access => "Access",
        Area::Catalog => "Catalogue",
        Area::Stock => "Stock",
        Area::Crm => "Companies and customers",
        Area::Sales => "Orders to cash",
        Area::Insight => "Sales intelligence",
        Area::Service => "Service operations",
        Area::Data => "Data in and out",
        Area::Integrations => "Integrations",
    }
}
