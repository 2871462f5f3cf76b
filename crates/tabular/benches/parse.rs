//! Parse, detect and type a CSV against the `csv` crate reading byte records: `cargo bench -p tabular --bench parse`.
//!
//! The contestants take turns, one of them entered twice to show the noise; medians of nine, as a ratio in the run.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tabular::{Hints, Limits};

const ROWS: usize = 300_000;
const TURNS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("customers.csv");
    std::fs::write(&path, customers()?)?;
    let size = std::fs::metadata(&path)?.len();
    println!("{ROWS} rows, {:.1} MB", size as f64 / 1e6);
    let contestants: [(&str, Contestant); 5] = [
        ("csv byte records", csv_records),
        ("csv byte records again", csv_records),
        ("tabular rows", rows),
        ("tabular detect, parse and type", profile),
        ("tabular preview", preview),
    ];
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..TURNS {
        for (times, (_, run)) in times.iter_mut().zip(&contestants) {
            let start = Instant::now();
            let _count = std::hint::black_box(run(&path)?);
            times.push(start.elapsed());
        }
    }
    let medians: Vec<Duration> = times
        .iter_mut()
        .map(|times| {
            times.sort_unstable();
            times[TURNS / 2]
        })
        .collect();
    for ((name, _), median) in contestants.iter().zip(&medians) {
        let rate = size as f64 / 1e6 / median.as_secs_f64();
        let ratio = medians[0].as_secs_f64() / median.as_secs_f64();
        println!("{name:32} {:8.1} ms {rate:8.0} MB/s  ratio {ratio:.2}", median.as_secs_f64() * 1e3);
    }
    Ok(())
}

type Contestant = fn(&Path) -> Result<u64, Box<dyn Error>>;

fn csv_records(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut record)? {
        count += record.len() as u64;
    }
    Ok(count)
}

fn open(path: &Path) -> Result<tabular::Member, Box<dyn Error>> {
    let mut members = tabular::open(path, "customers.csv", &Limits::default(), &Hints::default())?;
    members.pop().ok_or_else(|| "no member".into())
}

fn rows(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut rows = open(path)?.rows(0)?;
    let mut count = 0;
    while let Some(row) = rows.next_row()? {
        count += row.cells().count() as u64;
    }
    Ok(count)
}

fn profile(path: &Path) -> Result<u64, Box<dyn Error>> {
    Ok(open(path)?.profile(0)?.rows)
}

fn preview(path: &Path) -> Result<u64, Box<dyn Error>> {
    Ok(open(path)?.sheets()?[0].row_estimate)
}

/// Plausible customers, the same in every run.
fn customers() -> Result<String, std::fmt::Error> {
    let mut text = "code,name,email,phone,city,postal_code,since,credit_limit,active,notes\n".to_owned();
    for n in 0..ROWS {
        writeln!(
            text,
            "C{n:06},\"Cellar {n}, Ltd.\",buyer{n}@example.com,+66 2 {:03} {:04},Bangkok,{:05},20{:02}-{:02}-{:02},{}.{:02},{},Delivers on weekday {}",
            n % 1000,
            n % 9973,
            10_000 + n % 800,
            n % 25,
            n % 12 + 1,
            n % 28 + 1,
            n * 7 % 90_000,
            n % 100,
            n % 3 > 0,
            n % 7
        )?;
    }
    Ok(text)
}
