//! A file of customers from disk to committed rows, against `\copy` of its clean rows.

use std::{path::Path, sync::Arc};

use model::caller::{Caller, Grants, Scope};
use store::{Db, Files};
use uuid::Uuid;
use work::{
    import::{self, Options, Policy, SourceKind, Upload},
    tenants::{self, NewTenant},
};

use super::{
    customers,
    machine::{self, Cost, Watch},
    place::Place,
    table,
};
use crate::{cli::BenchImportArgs, failure::Failure};

/// What one turn of a contestant gave.
struct Turn {
    rows: u64,
    cost: Cost,
}

impl Turn {
    fn a_second(&self) -> f64 {
        self.rows as f64 / self.cost.wall.as_secs_f64()
    }
}

/// Lets import and `\copy` take turns and prints what came out.
pub async fn run(place: &Place, args: &BenchImportArgs) -> Result<(), Failure> {
    let file = place.folder.join("customers.csv");
    customers::write(&file, args.rows)?;
    let size = std::fs::metadata(&file)?.len();
    let clean = customers::clean(args.rows);
    println!(
        "Import of {} customers ({:.1} MiB of CSV, {} rows bad) against \\copy of the {clean} clean ones; {}.\n",
        args.rows,
        size as f64 / 1_048_576.0,
        args.rows - clean,
        machine::description()
    );
    let (mut imports, mut copies, mut again) = (vec![], vec![], vec![]);
    let mut peak = 0;
    for turn in 1..=args.runs {
        copies.push(copy(place, args.rows).await?);
        let (import, memory) = import(place, &file, args.rows).await?;
        imports.push(import);
        peak = peak.max(memory);
        again.push(copy(place, args.rows).await?);
        eprintln!("turn {turn} of {}", args.runs);
    }
    show(&imports, &copies, &again, peak);
    Ok(())
}

fn show(imports: &[Turn], copies: &[Turn], again: &[Turn], peak: u64) {
    let row = |name: &str, turn: usize, one: &Turn| {
        let cpu = one.cost.cpu;
        let cells = [
            format!("{:.0}", one.a_second()),
            table::seconds(one.cost.wall),
            table::seconds(cpu.own),
            table::seconds(cpu.postgres),
        ];
        [vec![name.to_owned(), (turn + 1).to_string()], cells.to_vec()].concat()
    };
    let mut rows = vec![];
    for turn in 0..imports.len() {
        rows.push(row("\\copy", turn, &copies[turn]));
        rows.push(row("import", turn, &imports[turn]));
        rows.push(row("\\copy again", turn, &again[turn]));
    }
    table::print(&["contestant", "turn", "rows/s", "seconds", "CPU s: program", "CPU s: PostgreSQL"], &rows);
    let rates = |turns: &[Turn]| turns.iter().map(Turn::a_second).collect::<Vec<f64>>();
    let ratios = |turns: &[Turn]| -> Vec<f64> {
        turns
            .iter()
            .zip(copies.iter().zip(again))
            .map(|(turn, (a, b))| turn.a_second() * 2.0 / (a.a_second() + b.a_second()))
            .collect()
    };
    let noise: Vec<f64> = again.iter().zip(copies).map(|(b, a)| b.a_second() / a.a_second()).collect();
    table::print(
        &["median of turns", "value"],
        &[
            vec!["import, rows/s".into(), format!("{:.0}", table::median(&rates(imports)))],
            vec!["\\copy, rows/s".into(), format!("{:.0}", table::median(&rates(copies)))],
            vec!["import : \\copy".into(), format!("{:.2}", table::median(&ratios(imports)))],
            vec!["\\copy again : \\copy (noise)".into(), format!("{:.2}", table::median(&noise))],
            vec!["peak memory of the importing process".into(), format!("{} MiB", peak >> 20)],
        ],
    );
}

/// The product: receive, detect, map, stage, validate, commit. Answers the most memory held meanwhile, too.
async fn import(place: &Place, file: &Path, rows: u64) -> Result<(Turn, u64), Failure> {
    let fresh = place.fresh("bench_import").await?;
    let db = Db::new(&fresh.logins, store::world::system())?;
    let tenant = tenants::create(&db, &NewTenant::new("bench", "Bench")).await?;
    let files = Files::local(&place.folder.join("files"))?;
    let caller = staff(tenant, db.world().id());
    place.settle().await?;
    machine::forget_peak()?;
    let watch = Watch::start(place.postmaster, None)?;
    let upload = Upload { name: "customers.csv".into(), path: file.to_owned() };
    let options = Options { policy: Some(Policy::ValidRows), ..Options::new(SourceKind::Cli) };
    let quiet = |_| {};
    let batch = import::receive(&db, &files, &caller, vec![upload], &options).await?;
    let received = watch.so_far();
    import::validate(&db, &files, &caller, batch, &quiet).await?;
    let validated = watch.so_far();
    import::commit(&db, &caller, batch, &quiet).await?;
    let cost = watch.stop()?;
    eprintln!(
        "import: received after {} s, validated after {} s, committed after {} s",
        table::seconds(received),
        table::seconds(validated),
        table::seconds(cost.wall)
    );
    let memory = machine::peak_memory()?;
    check(place, &fresh.name, rows).await?;
    drop(db);
    place.drop(&fresh.name).await?;
    Ok((Turn { rows, cost }, memory))
}

/// The reference: the clean rows into the same table with the same indexes. Triggers of the audit are off, as they
/// are in an import.
async fn copy(place: &Place, rows: u64) -> Result<Turn, Failure> {
    let fresh = place.fresh("bench_copy").await?;
    let file = place.folder.join("clean.csv");
    customers::write_clean(&file, rows, Uuid::from_u128(0x7e57))?;
    place.settle().await?;
    let watch = Watch::start(place.postmaster, None)?;
    let copy = format!("\\copy customers ({}) from '{}' csv", customers::COLUMNS, file.display());
    place.psql(&fresh.name, &["set app.audit = 'off'".to_owned(), copy]).await?;
    let cost = watch.stop()?;
    check(place, &fresh.name, rows).await?;
    place.drop(&fresh.name).await?;
    Ok(Turn { rows: customers::clean(rows), cost })
}

/// Every clean row has arrived, and no other.
async fn check(place: &Place, database: &str, rows: u64) -> Result<(), Failure> {
    let there = place.psql(database, &["select count(*) from customers".to_owned()]).await?;
    if there == customers::clean(rows).to_string() {
        return Ok(());
    }
    Err(Failure::work(format!("{database} holds {there} customers instead of {}.", customers::clean(rows))))
}

fn staff(tenant: Uuid, request: Uuid) -> Caller {
    Caller { scope: Scope::Staff, grants: Arc::new(Grants::everything()), ..Caller::system(tenant, request) }
}
