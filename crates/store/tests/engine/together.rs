//! Short reads that share flights: each gets its own answer, of its own tenant.

use futures_util::future::join_all;
use model::{problem::codes, query::GetQuery, registry};
use serde_json::{Value, json};
use store::{engine, sql, sql::Query};
use uuid::Uuid;

use crate::house::{House, customer, id};

fn named(tenant: Uuid, id: Uuid, number: i32) -> Query {
    let find = sql!("select name, 100 / $3::int4 from customers where tenant_id = $1 and id = $2");
    Query::fixed(find, vec![tenant.into(), id.into(), number.into()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_travel_together_keep_their_answers_and_failures_apart() {
    let house = House::with_connections(3).await;
    let mut records = vec![];
    for tenant in [&house.a, &house.b] {
        for number in 0..40 {
            let (code, name) = (format!("c{number}"), format!("{number} of {}", tenant.id));
            let made = house.create(&tenant.manager(), "customers", customer(&code, &name)).await.unwrap();
            records.push((tenant, id(&made["id"]), name));
        }
    }
    let everything: Vec<Uuid> = records.iter().map(|(_, record, _)| *record).collect();
    for _ in 0..20 {
        let asked = records.iter().enumerate().map(|(at, (tenant, record, name))| {
            let (db, caller) = (house.db.clone(), tenant.manager());
            // Every thirteenth fails in the database, and each also asks for a record of the other tenant.
            let theirs = everything[(at + 40) % 80];
            let divisor = i32::from(at % 13 != 0);
            async move {
                let rows = db.point(&caller, named(tenant.id, *record, divisor)).await;
                let foreign = db.point(&caller, named(tenant.id, theirs, 1)).await;
                let names = rows.map(|rows| rows.iter().map(|row| row.get(0)).collect::<Vec<String>>());
                (at, name, names, foreign)
            }
        });
        for (at, name, told, foreign) in join_all(asked).await {
            assert!(foreign.unwrap().is_empty());
            match at % 13 {
                0 => assert!(told.is_err(), "{at}"),
                _ => assert_eq!(told.unwrap(), [name.as_str()]),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_got_at_once_come_to_those_who_asked_for_them() {
    let house = House::with_connections(2).await;
    let mut records = vec![];
    for tenant in [&house.a, &house.b] {
        for number in 0..30 {
            let made = customer(&format!("c{number}"), &format!("{number} of {}", tenant.id));
            let made = house.create(&tenant.manager(), "customers", made).await.unwrap();
            records.push((tenant, id(&made["id"]), made["name"].as_str().unwrap().to_owned()));
        }
    }
    let customers = registry::entity("customers").unwrap();
    let nobody = Uuid::nil();
    // Everybody asks for each record, whoever's it is, and now and then for one that is not there.
    let asked = (0..600).map(|number| {
        let (tenant, ..) = &records[number * 7 % records.len()];
        let (owner, record, name) = &records[number % records.len()];
        let (db, caller) = (house.db.clone(), tenant.manager());
        let wanted = if number % 11 == 0 { nobody } else { *record };
        let found = (tenant.id == owner.id && wanted != nobody).then_some(name);
        async move {
            let got = engine::get(&db, &caller, customers, wanted, &GetQuery::default()).await;
            (wanted, found, got)
        }
    });
    for (wanted, found, got) in join_all(asked).await {
        match (found, got) {
            (Some(name), Ok(record)) => {
                let told: Value = serde_json::from_str(&record.json).unwrap();
                assert_eq!((record.id, id(&told["id"]), &told["name"]), (wanted, wanted, &json!(name)));
            }
            (None, Err(problem)) => assert_eq!(*problem.code(), codes::NOT_FOUND),
            (found, got) => panic!("{found:?}: {got:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_takes_nobody_along() {
    let house = House::with_connections(2).await;
    let caller = house.a.manager();
    let made = house.create(&caller, "customers", customer("c", "Harborview Cellars")).await.unwrap();
    let record = id(&made["id"]);
    for number in 0..300_u64 {
        let read = |db: store::Db, caller: model::caller::Caller| async move {
            db.point(&caller, named(caller.tenant, record, 1)).await
        };
        let (first, second) =
            (read(house.db.clone(), caller.clone()), read(house.db.clone(), caller.clone()));
        let (first, second) = (tokio::spawn(first), tokio::spawn(second));
        tokio::time::sleep(std::time::Duration::from_micros(number * 7 % 900)).await;
        first.abort();
        assert_eq!(second.await.unwrap().unwrap()[0].get::<_, String>(0), "Harborview Cellars");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_the_same_shares_the_rows_and_who_asks_for_another_does_not() {
    let house = House::with_connections(3).await;
    let caller = house.a.manager();
    house.create(&caller, "customers", customer("c", "Harborview Cellars")).await.unwrap();
    // Every run of this statement gives another number.
    let drawn = sql!("select $2::int4, gen_random_uuid() from customers where tenant_id = $1 limit 1");
    let asked = (0..200_i32).map(|number| {
        let query = Query::fixed(drawn, vec![caller.tenant.into(), (number % 2).into()]);
        let db = &house.db;
        async { db.point(&caller, query).await.unwrap() }
    });
    let told = join_all(asked).await;
    let all = told.iter().map(|rows| (rows[0].get::<_, i32>(0), rows[0].get::<_, Uuid>(1)));
    let all: Vec<(i32, Uuid)> = all.collect();
    for (number, (told, _)) in all.iter().enumerate() {
        assert_eq!(*told, i32::try_from(number % 2).unwrap());
    }
    let runs: std::collections::HashSet<Uuid> = all.iter().map(|(_, run)| *run).collect();
    assert!((2..100).contains(&runs.len()), "{} runs for 200 who asked", runs.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flight_brings_every_answer_in_its_place() {
    let house = House::with_connections(4).await;
    let tenant = house.a.id;
    // A context that is not set shows no customer.
    for code in ["c", "d"] {
        house.create(&house.a.manager(), "customers", customer(code, "Harborview Cellars")).await.unwrap();
    }
    let number = sql!("select $2::int4 from customers where tenant_id = $1");
    let flown = (0..4).map(|line| {
        let (db, caller) = (house.db.clone(), house.a.manager());
        tokio::spawn(async move {
            for turn in 0..500 {
                let wanted = [line, turn, 7];
                let mut flight = db.flight(&caller);
                for wanted in wanted {
                    flight = flight.add(Query::fixed(number, vec![tenant.into(), wanted.into()]));
                }
                let told = flight.go().await.unwrap();
                let told: Vec<Vec<i32>> =
                    told.iter().map(|rows| rows.iter().map(|row| row.get(0)).collect()).collect();
                assert_eq!(told, wanted.map(|wanted| vec![wanted; 2]));
            }
        })
    });
    for flown in join_all(flown).await {
        flown.unwrap();
    }
}
