//! Lists: filters, search, order, pages, counts, fields and expanded links.

use model::query::ListQuery;
use serde_json::{Value, json};
use store::engine;

use crate::house::{House, code, customer, entity, id, pairs, records};

/// Customers of different values, the same in both tenants.
async fn filled() -> House {
    let house = House::new().await;
    for tenant in [&house.a, &house.b] {
        let caller = tenant.manager();
        for (code, name, limit, status, owner) in [
            ("C1", "Harborview Cellars", Some("1000.00"), "ACTIVE", Some(tenant.ann)),
            ("C2", "Downtown Wine", None, "ACTIVE", Some(tenant.bob)),
            ("C3", "Vineyard Market", Some("250.50"), "BLOCKED", None),
            ("C4", "Äppelbaum & 100% Söhne", Some("1000.00"), "INACTIVE", Some(tenant.ann)),
            ("C5", "บริษัท ไวน์ดี จำกัด", None, "ACTIVE", None),
        ] {
            let mut record = customer(code, name);
            record["credit_limit"] = json!(limit);
            record["status"] = json!(status);
            record["owner_id"] = json!(owner);
            record["email"] = json!(format!("{}@Shop.example", code.to_lowercase()));
            house.create(&caller, "customers", record).await.unwrap();
        }
    }
    house
}

async fn codes(house: &House, query: &[(&str, &str)]) -> String {
    house.column(&house.a.manager(), "customers", "code", query).await.join(" ")
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let house = filled().await;
    for (filter, value, found) in [
        ("filter[status]", "ACTIVE", "C1 C2 C5"),
        ("filter[status][ne]", "ACTIVE", "C3 C4"),
        ("filter[status][in]", "BLOCKED,INACTIVE", "C3 C4"),
        ("filter[credit_limit][gte]", "250.5", "C1 C3 C4"),
        ("filter[credit_limit][gt]", "250.50", "C1 C4"),
        ("filter[credit_limit][lt]", "1000", "C3"),
        ("filter[credit_limit][between]", "200,300", "C3"),
        ("filter[credit_limit][is_null]", "true", "C2 C5"),
        ("filter[credit_limit][is_null]", "false", "C1 C3 C4"),
        ("filter[credit_limit][ne]", "1000", "C2 C3 C5"),
        ("filter[name][contains]", "wine", "C2"),
        ("filter[name][contains]", "100%", "C4"),
        ("filter[name][contains]", "äpp", "C4"),
        ("filter[name][contains]", "ไวน์", "C5"),
        ("filter[name][like]", "Down%", "C2"),
        ("filter[name][lt]", "B", "C4"),
        ("filter[code]", "C3", "C3"),
        ("filter[email]", "C3@SHOP.example", "C3"),
        ("filter[email][in]", "c1@shop.example,c2@shop.example", "C1 C2"),
        ("filter[owner.name][contains]", "ann", "C1 C4"),
        ("filter[owner.email]", "bob@a.example", "C2"),
        ("filter[created_at][gte]", "2020-01-01", "C1 C2 C3 C4 C5"),
        ("filter[created_at][lt]", "2020-01-01T00:00:00Z", ""),
    ] {
        assert_eq!(codes(&house, &[(filter, value), ("sort", "code")]).await, found, "{filter}={value}");
    }
    let both = [("filter[status]", "ACTIVE"), ("filter[credit_limit][is_null]", "true"), ("sort", "code")];
    assert_eq!(codes(&house, &both).await, "C2 C5");
}

#[tokio::test]
async fn what_cannot_be_asked_names_what_was_probably_meant() {
    let house = House::new().await;
    let manager = house.a.manager();
    for (name, value, code, hint) in [
        ("filter[statsu]", "ACTIVE", "unknown_field", "Did you mean `status`?"),
        ("filter[ownr.name]", "x", "unknown_field", "Did you mean `owner`?"),
        ("filter[owner.nam]", "x", "unknown_field", "Did you mean `name`?"),
        ("filter[owner.password_hash]", "x", "unknown_field", ""),
        ("filter[status][contain]", "x", "unknown_field", "There are: eq, ne, in, is_null."),
        ("filter[name][contain]", "x", "unknown_field", "Did you mean `contains`?"),
        ("sort", "-nam", "unknown_field", "Did you mean `name`?"),
        ("expand", "ownr", "unknown_field", "Did you mean `owner`?"),
        ("fields", "nmae", "unknown_field", "Did you mean `name`?"),
        ("limt", "5", "unknown_field", "Did you mean `limit`?"),
        ("limit", "201", "bad_request", ""),
        ("limit", "0", "bad_request", ""),
        ("count", "all", "bad_request", ""),
        ("archived", "yes", "bad_request", ""),
        ("after", "nonsense", "bad_cursor", ""),
        ("filter[credit_limit][gte]", "abc", "invalid", ""),
        ("filter[status]", "ACTVE", "invalid", ""),
        ("filter[status]", "", "bad_request", ""),
        ("filter[owner_id]", "42", "invalid", ""),
        ("filter[name][like]", "x\\", "bad_request", ""),
        ("filter[name", "x", "bad_request", ""),
    ] {
        let problem = house.list(&manager, "customers", &[(name, value)]).await.unwrap_err();
        assert_eq!(problem.code().code, code, "{name}={value}");
        if !hint.is_empty() {
            assert!(problem.get_hint().unwrap().starts_with(hint), "{name}: {:?}", problem.get_hint());
        }
        if code == "invalid" {
            assert_eq!(problem.field_errors()[0].field, name);
        }
    }
}

#[tokio::test]
async fn fields_of_the_tenants_own_are_found_by_their_keys_alone() {
    let house = House::new().await;
    let manager = house.a.manager();
    for (key, kind) in [("region", "text"), ("visits", "integer")] {
        let field = json!({ "entity": "customers", "key": key, "label": key, "type": kind });
        house.create(&manager, "custom_fields", field).await.unwrap();
    }
    for (code, region, visits) in [("C1", "north", 7), ("C2", "south", 30)] {
        let mut record = customer(code, code);
        record["attributes"] = json!({ "region": region, "visits": visits });
        house.create(&manager, "customers", record).await.unwrap();
    }
    assert_eq!(codes(&house, &[("filter[attributes.region]", "south")]).await, "C2");
    assert_eq!(codes(&house, &[("filter[attributes.visits][gt]", "8")]).await, "C2");
    let asked = [("filter[attributes.regoin][ne]", "south")];
    let problem = house.list(&manager, "customers", &asked).await.unwrap_err();
    assert_eq!(problem.code().code, "unknown_field");
    assert_eq!(problem.get_hint(), Some("Did you mean `attributes.region`?"));
    assert_eq!(problem.field_errors()[0].suggestion.as_deref(), Some("attributes.region"));
    // Another tenant's fields are not its own, and not told.
    let problem = house.list(&house.b.manager(), "customers", &asked).await.unwrap_err();
    assert_eq!(problem.get_hint(), Some("There are none."));
}

/// Orders of the customers, and their codes in each.
const ORDERS: [(&str, &str); 12] = [
    ("code", "C1 C2 C3 C4 C5"),
    ("-code", "C5 C4 C3 C2 C1"),
    ("", "C5 C4 C3 C2 C1"),
    ("id", "C1 C2 C3 C4 C5"),
    ("name", "C4 C2 C1 C3 C5"),
    ("-name", "C5 C3 C1 C2 C4"),
    ("status,-name", "C5 C1 C2 C3 C4"),
    ("-status,code", "C4 C3 C1 C2 C5"),
    // Empty values come last in either direction.
    ("last_order_at,code", "C1 C3 C2 C4 C5"),
    ("-last_order_at,code", "C3 C1 C2 C4 C5"),
    ("-last_order_at", "C3 C1 C5 C4 C2"),
    ("status,-last_order_at,-code", "C1 C5 C2 C3 C4"),
];

/// A house whose customers were partly sold to.
async fn sold() -> House {
    let house = filled().await;
    let sql = "update customers set last_order_at = case code when 'C1' then timestamptz '2026-01-01'
        when 'C3' then timestamptz '2026-02-01 00:00:00.5' end";
    house.admin.execute(sql, &[]).await.unwrap();
    house
}

#[tokio::test]
async fn every_order_walks_forth_and_back_over_each_record_once() {
    let house = sold().await;
    let manager = house.a.manager();
    for (sort, whole) in ORDERS {
        assert_eq!(codes(&house, &[("sort", sort)]).await, whole, "{sort}");
        for limit in ["1", "2", "3"] {
            let mut forth = vec![];
            let mut page =
                house.page(&manager, "customers", &[("sort", sort), ("limit", limit)]).await.unwrap();
            assert_eq!(page.prev, None);
            loop {
                forth.extend(records(&page));
                let Some(next) = &page.next else { break };
                let query = [("sort", sort), ("limit", limit), ("after", next.as_str())];
                page = house.page(&manager, "customers", &query).await.unwrap();
            }
            assert_eq!(column(&forth), whole, "{sort} by {limit}");
            let mut back = records(&page);
            while let Some(prev) = &page.prev {
                let query = [("sort", sort), ("limit", limit), ("before", prev.as_str())];
                page = house.page(&manager, "customers", &query).await.unwrap();
                assert!(page.next.is_some());
                let mut front = records(&page);
                front.append(&mut back);
                back = front;
            }
            assert_eq!(column(&back), whole, "{sort} back by {limit}");
        }
    }
}

#[tokio::test]
async fn every_order_is_exported_part_by_part_with_each_record_once() {
    let house = sold().await;
    let (manager, customers) = (house.a.manager(), entity("customers"));
    let columns = engine::text_columns(&manager, customers, &[customers.field("code").unwrap()], &[]);
    for (sort, whole) in ORDERS.into_iter().filter(|(sort, _)| !sort.is_empty()) {
        let query = ListQuery::parse(customers, &pairs(&[("sort", sort)])).unwrap();
        for limit in 1..=3 {
            let (mut codes, mut after) = (vec![], None);
            loop {
                let part =
                    engine::texts(&house.db, &manager, customers, &columns, &query, after.as_ref(), limit);
                let part = part.await.unwrap();
                assert!(part.rows.len() <= limit, "{sort} by {limit}");
                codes.extend(part.rows.into_iter().filter_map(|row| row.into_iter().nth(1).flatten()));
                after = part.last;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(codes.join(" "), whole, "{sort} by {limit}");
        }
    }
}

fn column(records: &[Value]) -> String {
    records.iter().map(|record| record["code"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_cursor_fits_its_own_list_and_caller_alone() {
    let house = filled().await;
    let manager = house.a.manager();
    let page = house.page(&manager, "customers", &[("limit", "2"), ("sort", "name")]).await.unwrap();
    let next = page.next.unwrap();
    let after = ("after", next.as_str());
    assert_eq!(codes(&house, &[("limit", "2"), ("sort", "name"), after]).await, "C1 C3");
    // Another page size and other fields are the same list.
    assert_eq!(codes(&house, &[("limit", "1"), ("fields", "code"), ("sort", "name"), after]).await, "C1");
    for query in [
        vec![("sort", "-name"), after],
        vec![after],
        vec![("sort", "name"), ("filter[status]", "ACTIVE"), after],
        vec![("sort", "name"), ("archived", "with"), after],
        vec![("sort", "name"), ("q", "wine"), after],
    ] {
        assert_eq!(code(house.list(&manager, "customers", &query).await), "bad_cursor", "{query:?}");
    }
    let query = [("sort", "name"), after];
    assert_eq!(code(house.list(&house.b.manager(), "customers", &query).await), "bad_cursor");
    assert_eq!(code(house.list(&house.a.rep(house.a.ann), "customers", &query).await), "bad_cursor");
    assert_eq!(code(house.list(&manager, "companies", &query).await), "bad_cursor");
}

#[tokio::test]
async fn search_finds_words_slips_and_beginnings() {
    let house = filled().await;
    for (typed, found) in [
        ("wine", "C2"),
        ("WINE downtown", "C2"),
        ("harborveiw", "C1"),
        ("vinyard", "C3"),
        ("ไวน์ดี", "C5"),
        ("100%", "C4"),
        ("c3@shop", "C3"),
        ("do", "C2"),
        ("Ha", "C1"),
        ("c4", "C4"),
        ("zzzzzz", ""),
        ("%", ""),
    ] {
        assert_eq!(codes(&house, &[("q", typed)]).await, found, "{typed}");
        assert_eq!(codes(&house, &[("q", typed), ("sort", "-code")]).await, found, "{typed} sorted");
    }
    assert_eq!(codes(&house, &[("q", "shop.example"), ("sort", "code")]).await, "C1 C2 C3 C4 C5");
    assert_eq!(codes(&house, &[("q", "shop.example"), ("filter[status]", "BLOCKED")]).await, "C3");
    // Ranked matches have pages too.
    let manager = house.a.manager();
    let (mut seen, mut after) = (vec![], String::new());
    loop {
        let query = [("q", "shop.example"), ("limit", "2"), ("after", after.as_str())];
        let page = house.page(&manager, "customers", &query).await.unwrap();
        seen.extend(records(&page));
        let Some(next) = page.next else { break };
        after = next;
    }
    let mut seen: Vec<_> = seen.iter().map(|record| record["code"].as_str().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen.join(" "), "C1 C2 C3 C4 C5");
}

#[tokio::test]
async fn counts_are_as_exact_as_asked() {
    let house = filled().await;
    let manager = house.a.manager();
    let count = async |query: &[(&str, &str)]| {
        house.page(&manager, "customers", query).await.unwrap().count.map(|count| count.to_string())
    };
    assert_eq!(count(&[("limit", "1")]).await, None);
    assert_eq!(count(&[("limit", "1"), ("count", "capped")]).await.as_deref(), Some("5"));
    let active = [("filter[status]", "ACTIVE"), ("count", "exact"), ("limit", "1")];
    assert_eq!(count(&active).await.as_deref(), Some("3"));
    let sql = "insert into customers (tenant_id, id, name)
        select $1, app.uuid7(), 'Many ' || n from generate_series(1, 10000) n";
    house.admin.execute(sql, &[&house.a.id]).await.unwrap();
    assert_eq!(count(&[("count", "capped")]).await.as_deref(), Some("10000+"));
    assert_eq!(count(&[("count", "exact")]).await.as_deref(), Some("10005"));
    let many = [("q", "many"), ("count", "exact"), ("limit", "200")];
    assert_eq!(count(&many).await.as_deref(), Some("10000"));
}

#[tokio::test]
async fn records_are_canonical_and_as_wide_as_asked() {
    let house = filled().await;
    let manager = house.a.manager();
    let query = [("filter[code]", "C3"), ("fields", "credit_limit,created_at,is_archived")];
    assert_eq!(code(house.list(&manager, "customers", &query).await), "unknown_field");
    let query = [("filter[code]", "C3"), ("fields", "credit_limit,created_at,attributes")];
    let record = house.list(&manager, "customers", &query).await.unwrap().remove(0);
    let names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["id", "credit_limit", "attributes", "created_at"]);
    assert_eq!(record["credit_limit"], "250.50");
    assert_eq!(record["attributes"], json!({}));
    let at = record["created_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.parse::<jiff::Timestamp>().unwrap().to_string() == at, "{at}");

    let whole =
        house.get(&manager, "customers", id(&record["id"]), &[("expand", "owner,company")]).await.unwrap();
    assert_eq!(whole["version"], 1);
    assert_eq!(whole["created_by"], json!(house.a.manager));
    assert_eq!((&whole["owner"], &whole["company"]), (&Value::Null, &Value::Null));
    let query = [("filter[code]", "C1"), ("expand", "owner"), ("fields", "code")];
    let expanded = house.list(&manager, "customers", &query).await.unwrap().remove(0);
    assert_eq!(expanded["owner"]["name"], "Ann");
    assert_eq!(expanded["owner"]["id"], json!(house.a.ann));
    assert_eq!(expanded["owner"].get("password_hash"), None);
    assert_eq!(expanded.get("name"), None);
}
