//! The API over HTTP against pgbench with the very same SQL, both on this machine.
//!
//! The server is this program's own `serve` in a process of its own; the load comes from this process. pgbench runs
//! BEGIN, context, statement, COMMIT; the API knows its caller by the token beside that, tells all about the record and
//! writes its JSON.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use model::{
    caller::{Caller, Grants, Scope},
    entity::Entity,
    problem::Problem,
    query::{Found, GetQuery, ListQuery},
    registry,
    value::{Author, Mode, validate},
};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;

use super::{
    load::{self, Load},
    machine::{self, Cost, Watch},
    peer::{Scripts, Way},
    place::{Fresh, Place},
    seed,
    server::Server,
    table,
};
use crate::{cli::BenchApiArgs, failure::Failure};

const FILTER: (&str, &str) = ("filter[status]", "ACTIVE");
const SORT: (&str, &str) = ("sort", "name");
const CONNECTIONS: [usize; 2] = [8, 32];

/// One kind of request and its reference.
struct Contest {
    name: &'static str,
    requests: Vec<Vec<u8>>,
    scripts: Scripts,
}

/// Lets the API and pgbench take turns and prints what came out.
pub async fn run(place: &Place, args: &BenchApiArgs) -> Result<(), Failure> {
    let fresh = place.fresh("bench_api").await?;
    let done = contest(place, &fresh, args).await;
    place.drop(&fresh.name).await?;
    done
}

async fn contest(place: &Place, fresh: &Fresh, args: &BenchApiArgs) -> Result<(), Failure> {
    let (tenant, token) = fresh.tenant().await?;
    let ids = seed::among_others(place, fresh, tenant, args.rows, args.own).await?;
    // What becomes of an event is no part of the request, nor of pgbench's transaction.
    let server = Server::start(place, fresh, &["--no-work"]).await?;
    place.settle().await?;
    println!(
        "API against pgbench: {} customers of one tenant in {}; {} turns of {} s; {}.\n",
        args.own,
        args.rows,
        args.runs,
        args.seconds,
        machine::description()
    );
    let contests = contests(place, &server, tenant, &token, &ids)?;
    let (mut turns, mut figures) = (vec![], vec![]);
    for contest in &contests {
        let answer = load::ask(server.address, &contest.requests[0]).await?;
        println!("{}: {} bytes an answer", contest.name, answer.len());
        for connections in CONNECTIONS {
            let one = Duration::from_secs(args.seconds);
            let mut ratios = Ratios::default();
            load::run(server.address, contest.requests.clone(), connections, Duration::from_secs(1)).await?;
            for turn in 1..=args.runs {
                let watch = Watch::start(place.postmaster, None)?;
                let before = contest.scripts.run(place, fresh, connections, one).await?;
                turns.push(row(contest, connections, turn, "pgbench", before, None, watch.stop()?));
                let watch = Watch::start(place.postmaster, server.child.id())?;
                let api = load::run(server.address, contest.requests.clone(), connections, one).await?;
                turns.push(row(contest, connections, turn, "API", api.a_second, Some(&api), watch.stop()?));
                let watch = Watch::start(place.postmaster, None)?;
                let after = contest.scripts.run(place, fresh, connections, one).await?;
                turns.push(row(contest, connections, turn, "pgbench again", after, None, watch.stop()?));
                ratios.add(api.a_second, before, after);
            }
            figures.push(ratios.row(contest.name, connections));
        }
    }
    println!();
    let header = [
        "request", "connections", "turn", "contestant", "a second", "p50 ms", "p99 ms", "seconds",
        "CPU s: load", "CPU s: server", "CPU s: PostgreSQL",
    ];
    table::print(&header, &turns);
    let header = [
        "request", "connections", "API a second", "pgbench a second", "API : pgbench",
        "pgbench again : pgbench (noise)",
    ];
    table::print(&header, &figures);
    server.stop().await
}

fn contests(
    place: &Place,
    server: &Server,
    tenant: Uuid,
    token: &str,
    ids: &[Uuid],
) -> Result<Vec<Contest>, Failure> {
    let customers =
        registry::entity("customers").ok_or_else(|| Failure::work("There is no entity customers."))?;
    let caller = Caller {
        scope: Scope::Staff,
        grants: Arc::new(Grants::everything()),
        ..Caller::system(tenant, tenant)
    };
    let get = engine::get_statement(&caller, customers, Uuid::nil(), &GetQuery::default())?;
    let values: Vec<Vec<String>> =
        ids.iter().map(|id| vec![tenant.to_string(), format!("{{{id}}}")]).collect();
    let params = [FILTER, SORT].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (explained, _) =
        engine::explain(&caller, customers, &ListQuery::parse(customers, &params)?, Found::Exactly)?;
    let list = explained.text().strip_prefix("explain (format json) ").unwrap_or_default();
    let address = server.address;
    let path = |id: &Uuid| format!("/api/v1/customers/{id}");
    let listing = format!("/api/v1/customers?{}={}&{}={}&limit=50", FILTER.0, FILTER.1, SORT.0, SORT.1);
    Ok(vec![
        Contest {
            name: "get by id",
            requests: ids.iter().map(|id| load::request(address, &path(id), token)).collect(),
            scripts: Scripts::write(place, "get", (tenant, Way::Read), get.text(), &values)?,
        },
        Contest {
            name: "list of 50",
            requests: vec![load::request(address, &listing, token)],
            scripts: Scripts::write(place, "list", (tenant, Way::Read), list, &[vec![tenant.to_string()]])?,
        },
        create(place, &caller, customers, address, token)?,
    ])
}

/// New customers, one a request; each with its audit line and its event.
fn create(
    place: &Place,
    caller: &Caller,
    customers: &'static Entity,
    address: SocketAddr,
    token: &str,
) -> Result<Contest, Failure> {
    let body = json!({ "name": "Harborview Cellars", "phone": "+1 555 0100", "city": "Portland" });
    let doc = body.as_object().cloned().unwrap_or_default();
    // The defaults that the API adds to what is stated.
    let mut doc = validate(customers, doc, Mode::Create, Author::Staff).map_err(Problem::invalid)?;
    doc.insert("id".to_owned(), json!(Uuid::nil()));
    let statements = engine::create_statements(caller, customers, &doc)?;
    let [insert, event] = [statements[0].text(), statements[1].text()];
    let documents = format!(
        "jsonb_build_array('{}'::jsonb || jsonb_build_object('id', app.uuid7()))",
        Value::Object(doc.clone())
    );
    let payload = format!("'{}'", json!({ "id": Uuid::nil(), "record": doc }));
    let token = format!("Bearer {token}");
    Ok(Contest {
        name: "create",
        requests: vec![load::post(
            address,
            "/api/v1/customers",
            ("Authorization", &token),
            &body.to_string(),
        )],
        scripts: Scripts::create(place, caller.tenant, [insert, event], (&documents, &payload))?,
    })
}

fn row(
    contest: &Contest,
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
        contest.name.to_owned(),
        connections.to_string(),
        turn.to_string(),
        who.to_owned(),
        format!("{a_second:.0}"),
        latency(|load| load.p50),
        latency(|load| load.p99),
        table::seconds(cost.wall),
        table::seconds(cost.cpu.own),
        table::seconds(cost.cpu.other),
        table::seconds(cost.cpu.postgres),
    ]
}

/// Rates of one kind of request, turn by turn.
#[derive(Default)]
struct Ratios {
    api: Vec<f64>,
    pgbench: Vec<f64>,
    ratio: Vec<f64>,
    noise: Vec<f64>,
}

impl Ratios {
    fn add(&mut self, api: f64, before: f64, after: f64) {
        self.api.push(api);
        self.pgbench.push(before);
        self.ratio.push(api * 2.0 / (before + after));
        self.noise.push(after / before);
    }

    fn row(&self, name: &str, connections: usize) -> Vec<String> {
        vec![
            name.to_owned(),
            connections.to_string(),
            format!("{:.0}", table::median(&self.api)),
            format!("{:.0}", table::median(&self.pgbench)),
            format!("{:.2}", table::median(&self.ratio)),
            format!("{:.2}", table::median(&self.noise)),
        ]
    }
}
