//! The job queue against bare SQL and two peers, on one database: no-op jobs enqueued and finished, and how soon a
//! single job begins.
//!
//! Bare SQL is pgbench with two clients: batches of 100 are inserted, claimed with `skip locked`, and finished with a
//! row about each run, in tables with the same columns and indexes and no policies, triggers or foreign keys. The
//! peers are npm packages, installed by `npm ci` in the folder with `peer.mjs`.

mod bare;
mod own;
mod peers;

use std::time::Duration;

use model::caller::Caller;
use work::{
    access::seal::Keyring,
    jobs::Services,
    tenants::{self, NewTenant},
};

use super::{
    machine::{self, Cost, Watch},
    place::{Fresh, Place},
    table,
};
use crate::{cli::BenchJobsArgs, failure::Failure};

/// Jobs enqueued in one statement.
const BATCH: usize = 100;

/// What a turn of one contestant gave.
struct Turn {
    enqueue: Duration,
    finish: Duration,
}

impl Turn {
    fn a_second(&self, jobs: usize) -> f64 {
        jobs as f64 / (self.enqueue + self.finish).as_secs_f64()
    }
}

/// Lets the contestants take turns and prints what came out.
pub async fn run(place: &Place, args: &BenchJobsArgs) -> Result<(), Failure> {
    let fresh = place.fresh("bench_jobs").await?;
    let done = contest(place, &fresh, args).await;
    place.drop(&fresh.name).await?;
    done
}

async fn contest(place: &Place, fresh: &Fresh, args: &BenchJobsArgs) -> Result<(), Failure> {
    let db = store::Db::new(&fresh.logins, store::world::system())?;
    let tenant = tenants::create(&db, &NewTenant::new("bench", "Bench")).await?;
    let caller = Caller::system(tenant, db.world().id());
    let keys = Keyring::load_or_create(&place.folder).map_err(Failure::work)?;
    let services = Services::new(db, store::Files::local(&place.folder.join("files"))?, keys);
    let own = own::Own { fresh, services, caller };
    let peers = peers::install(&args.peers).await?;
    place.psql(&fresh.name, &[bare::TABLES.to_owned()]).await?;
    println!("{} no-op jobs of one tenant, {} turns; {}.\n", args.jobs, args.runs, machine::description());

    let names: Vec<&str> = ["bare SQL", "Tenantry"]
        .into_iter()
        .chain(peers.iter().map(|peer| peer.name))
        .chain(["bare SQL again"])
        .collect();
    let mut rates = vec![vec![]; names.len()];
    let mut turns = vec![];
    for turn in 1..=args.runs {
        for (at, name) in names.iter().enumerate() {
            place.psql(&fresh.name, &[bare::EMPTY.to_owned()]).await?;
            place.settle().await?;
            let watch = Watch::start(place.postmaster, None)?;
            let took = match *name {
                "Tenantry" => own.rate(args.jobs).await?,
                "bare SQL" | "bare SQL again" => bare::rate(place, fresh, args.jobs).await?,
                _ => peers[at - 2].rate(place, fresh, args.jobs).await?,
            };
            turns.push(row(name, turn, args.jobs, &took, watch.stop()?));
            rates[at].push(took.a_second(args.jobs));
        }
    }
    let header = [
        "contestant", "turn", "enqueued a second", "finished a second", "both a second", "CPU s: program",
        "CPU s: PostgreSQL",
    ];
    table::print(&header, &turns);
    let ratio = |other: usize| {
        let each: Vec<f64> = rates[1].iter().zip(&rates[other]).map(|(own, other)| own / other).collect();
        format!("{:.2}", table::median(&each))
    };
    let figures: Vec<Vec<String>> = names
        .iter()
        .enumerate()
        .map(|(at, name)| vec![(*name).to_owned(), format!("{:.0}", table::median(&rates[at])), ratio(at)])
        .collect();
    table::print(&["contestant", "both a second, median", "Tenantry : it"], &figures);

    let mut waits = vec![
        ("Tenantry, same process".to_owned(), own.waits(args.picks, false).await?),
        ("Tenantry, another process".to_owned(), own.waits(args.picks, true).await?),
    ];
    for peer in &peers {
        waits.push((peer.name.to_owned(), peer.waits(place, fresh, args.picks).await?));
    }
    let rows: Vec<Vec<String>> = waits
        .into_iter()
        .map(|(name, mut waits)| {
            waits.sort_by(f64::total_cmp);
            let at = |of: usize| format!("{:.2}", waits[(waits.len() * of / 100).min(waits.len() - 1)]);
            vec![name, at(50), at(99)]
        })
        .collect();
    table::print(&["a single job on an idle queue begins after", "p50 ms", "p99 ms"], &rows);
    Ok(())
}

fn row(name: &str, turn: u32, jobs: usize, took: &Turn, cost: Cost) -> Vec<String> {
    let rate = |time: Duration| format!("{:.0}", jobs as f64 / time.as_secs_f64());
    vec![
        name.to_owned(),
        turn.to_string(),
        rate(took.enqueue),
        rate(took.finish),
        format!("{:.0}", took.a_second(jobs)),
        table::seconds(cost.cpu.own),
        table::seconds(cost.cpu.postgres),
    ]
}
