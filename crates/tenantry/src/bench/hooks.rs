//! Inbound webhooks over HTTP against pgbench that inserts one row in each transaction, both on this machine.
//!
//! A webhook is verified, stored as receipt, log and job, and answered when all of it is committed; what comes
//! together is committed together. pgbench inserts the log's row alone. Nothing is processed meanwhile.

use std::time::Duration;

use model::{Document, caller::Caller, registry};
use serde_json::{Value, json};
use store::{Db, Files, engine};
use uuid::Uuid;
use work::{
    access::seal::Keyring,
    jobs::Services,
    operation::{execute, operations},
    tenants::{self, NewTenant},
};

use super::{
    load::{self, Load},
    machine::{self, Cost, Watch},
    peer::{Scripts, Way},
    place::{Fresh, Place},
    server::Server,
    table,
};
use crate::{cli::BenchHooksArgs, failure::Failure};

const CONNECTIONS: [usize; 3] = [8, 32, 64];

/// What each request says.
const BODY: &str = r#"{"action": "customer.upsert", "workflow_id": "wf-42", "data": {"external_id": "1018", "name": "Harborview Cellars", "email": "orders@example.com"}}"#;

/// Lets the program and pgbench take turns and prints what came out.
pub async fn run(place: &Place, args: &BenchHooksArgs) -> Result<(), Failure> {
    let fresh = place.fresh("bench_hooks").await?;
    let done = contest(place, &fresh, args).await;
    place.drop(&fresh.name).await?;
    done
}

async fn contest(place: &Place, fresh: &Fresh, args: &BenchHooksArgs) -> Result<(), Failure> {
    let db = Db::new(&fresh.logins, store::world::system())?;
    let tenant = tenants::create(&db, &NewTenant::new("bench", "Bench")).await?;
    let (source, secret) = source(place, &db, tenant).await?;
    // Ids of now, as the program makes them: the rows go to the same partition.
    let head: String = db.world().id().to_string().chars().take(15).collect();
    drop(db);
    let server = Server::start(place, fresh, &["--no-work"]).await?;
    let hook = load::post(server.address, "/hooks/bench/form", ("X-Webhook-Token", &secret), BODY);
    let insert =
        "insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id, raw_body, payload)
         select $1, g.id, $2, g.id, g.id::text, convert_to($3, 'utf8'), $3::jsonb
         from (select overlay(gen_random_uuid()::text placing $4 from 1 for 15)::uuid as id) g";
    let values = vec![tenant.to_string(), source.to_string(), BODY.to_owned(), head];
    let scripts = Scripts::write(place, "hook", (tenant, Way::Write), &insert.replace('\n', " "), &[values])?;
    place.settle().await?;
    println!(
        "Inbound webhooks against pgbench's one-row inserts: {} bytes a body; {} turns of {} s; {}.\n",
        BODY.len(),
        args.runs,
        args.seconds,
        machine::description()
    );
    let one = Duration::from_secs(args.seconds);
    let (mut turns, mut figures) = (vec![], vec![]);
    for connections in CONNECTIONS {
        let (mut ratios, mut noise) = (vec![], vec![]);
        load::run(server.address, vec![hook.clone()], connections, Duration::from_secs(1)).await?;
        for turn in 1..=args.runs {
            let watch = Watch::start(place.postmaster, None)?;
            let before = scripts.run(place, fresh, connections, one).await?;
            turns.push(row(connections, turn, "pgbench", before, None, watch.stop()?));
            let watch = Watch::start(place.postmaster, server.child.id())?;
            let taken = load::run(server.address, vec![hook.clone()], connections, one).await?;
            turns.push(row(connections, turn, "webhooks", taken.a_second, Some(&taken), watch.stop()?));
            let watch = Watch::start(place.postmaster, None)?;
            let after = scripts.run(place, fresh, connections, one).await?;
            turns.push(row(connections, turn, "pgbench again", after, None, watch.stop()?));
            ratios.push(taken.a_second * 2.0 / (before + after));
            noise.push(after / before);
        }
        let median = |ratios: &[f64]| format!("{:.2}", table::median(ratios));
        figures.push(vec![connections.to_string(), median(&ratios), median(&noise)]);
    }
    let header = [
        "connections", "turn", "contestant", "a second", "p50 ms", "p99 ms", "CPU s: load", "CPU s: server",
        "CPU s: PostgreSQL",
    ];
    table::print(&header, &turns);
    table::print(&["connections", "webhooks : pgbench", "pgbench again : pgbench (noise)"], &figures);
    server.stop().await
}

/// A source of n8n's kind, and its secret.
async fn source(place: &Place, db: &Db, tenant: Uuid) -> Result<(Uuid, String), Failure> {
    let caller = Caller::system(tenant, db.world().id());
    let found = registry::entity("webhook_sources")
        .zip(operations().find(|one| one.permission() == "webhook_sources.rotate"));
    let (entity, rotate) = found.ok_or_else(|| Failure::work("There are no webhook sources."))?;
    let mut tx = db.begin(&caller).await?;
    let document = json!({ "code": "form", "name": "Form", "kind": "n8n" });
    let id = engine::create(&mut tx, entity, document.as_object().cloned().unwrap_or_default()).await?.id;
    tx.commit().await?;
    let keys = Keyring::load_or_create(&place.folder).map_err(Failure::work)?;
    let services = Services::new(db.clone(), Files::local(&place.folder.join("files"))?, keys);
    let told = execute(&services, &caller, rotate, Some(id), Document::new()).await?;
    Ok((id, told.get("secret").and_then(Value::as_str).unwrap_or_default().to_owned()))
}

fn row(
    connections: usize,
    turn: u32,
    who: &str,
    a_second: f64,
    load: Option<&Load>,
    cost: Cost,
) -> Vec<String> {
    let ms = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1_000.0);
    let latency = |of: fn(&Load) -> Duration| load.map_or_else(|| "-".to_owned(), |load| ms(of(load)));
    vec![
        connections.to_string(),
        turn.to_string(),
        who.to_owned(),
        format!("{a_second:.0}"),
        latency(|load| load.p50),
        latency(|load| load.p99),
        table::seconds(cost.cpu.own),
        table::seconds(cost.cpu.other),
        table::seconds(cost.cpu.postgres),
    ]
}
