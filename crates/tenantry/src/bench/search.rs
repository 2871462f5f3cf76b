//! Searches over HTTP in a tenant with many customers, half of them with English and half with Thai names.
//!
//! There is no reference: the figure to hold is a latency. Searches are asked one at a time over one connection, so that
//! none waits for another.

use std::{fmt::Write, time::Duration};

use super::{
    load, machine,
    place::{Fresh, Place},
    seed,
    server::Server,
    table,
};
use crate::{cli::BenchSearchArgs, failure::Failure};

/// What is looked for, from names that every tenth record has to a single one.
pub(super) const KINDS: [(&str, &[&str]); 7] = [
    ("three letters, English", &["har", "bis", "mar", "ced"]),
    ("a word of 50,000 names", &["bistro", "tavern", "market"]),
    ("two words", &["harbor bistro", "maple hotel", "cedar market"]),
    ("three letters, Thai", &["สมช", "ลำไ", "เจร", "ทอง"]),
    ("a Thai name", &["สมชาย", "รุ่งเรือง", "ร้านลำไย"]),
    ("code, number, e-mail", &["C0123456", "orders77777@example.com", "654321"]),
    ("typing errors", &["vineyrad bistro", "haarbor tavern", "สมชัยการค้า"]),
];

/// Asks and prints what came out.
pub async fn run(place: &Place, args: &BenchSearchArgs) -> Result<(), Failure> {
    let fresh = place.fresh("bench_search").await?;
    let done = measure(place, &fresh, args).await;
    place.drop(&fresh.name).await?;
    done
}

async fn measure(place: &Place, fresh: &Fresh, args: &BenchSearchArgs) -> Result<(), Failure> {
    let (tenant, token) = fresh.tenant().await?;
    seed::of_one(place, fresh, tenant, args.rows).await?;
    let server = Server::start(place, fresh, &["--no-work"]).await?;
    place.settle().await?;
    println!(
        "Searches among {} customers of one tenant; medians of {} turns of {} s; {}.\n",
        args.rows,
        args.runs,
        args.seconds,
        machine::description()
    );
    let mut figures = vec![];
    for (what, path) in
        [("everywhere", "/api/v1/search?limit=10&q="), ("list of customers", "/api/v1/customers?limit=50&q=")]
    {
        for (name, words) in KINDS {
            let requests: Vec<_> = words
                .iter()
                .map(|word| load::request(server.address, &format!("{path}{}", encoded(word)), &token))
                .collect();
            let (mut p50, mut p99) = (vec![], vec![]);
            load::run(server.address, requests.clone(), 1, Duration::from_secs(1)).await?;
            for _ in 0..args.runs {
                let time = Duration::from_secs(args.seconds);
                let turn = load::run(server.address, requests.clone(), 1, time).await?;
                p50.push(turn.p50.as_secs_f64() * 1_000.0);
                p99.push(turn.p99.as_secs_f64() * 1_000.0);
            }
            let ms = |values: &[f64]| format!("{:.1}", table::median(values));
            let worst = p99.iter().copied().fold(0.0, f64::max);
            figures.push(vec![what.to_owned(), name.to_owned(), ms(&p50), ms(&p99), format!("{worst:.1}")]);
        }
    }
    table::print(&["search", "for", "p50 ms", "p99 ms", "worst turn's p99 ms"], &figures);
    server.stop().await
}

/// A word as it stands in a query string.
pub(super) fn encoded(word: &str) -> String {
    word.bytes().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "%{byte:02X}");
        text
    })
}
