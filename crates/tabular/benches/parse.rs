//! Parse, detect and type a CSV against the `csv` crate reading byte records, and an XLSX against calamine reading its
//! sheet: `cargo bench --package tabular`.
//!
//! The contestants take turns, the reference entered twice to show the noise; each ratio is the median of the turns' own.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use rust_xlsxwriter::{Format, Workbook};
use tabular::{Hints, Limits};

const ROWS: usize = 300_000;
const SHEET_ROWS: u32 = 100_000;
const TURNS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("customers.csv");
    std::fs::write(&path, customers()?)?;
    compare(
        &format!("CSV of {ROWS} rows"),
        &path,
        &[
            ("csv byte records", csv_records),
            ("csv byte records again", csv_records),
            ("tabular rows", rows),
            ("tabular detect, parse and type", profile),
            ("tabular preview", preview),
        ],
    )?;
    let path = folder.path().join("customers.xlsx");
    workbook(&path)?;
    compare(
        &format!("XLSX of {SHEET_ROWS} rows"),
        &path,
        &[
            ("calamine cells", calamine_cells),
            ("calamine cells again", calamine_cells),
            ("calamine range", calamine_range),
            ("tabular rows", rows),
            ("tabular detect, parse and type", profile),
            ("tabular preview", preview),
        ],
    )
}

/// Has the contestants take turns; the first is the reference.
fn compare(what: &str, path: &Path, contestants: &[(&str, Contestant)]) -> Result<(), Box<dyn Error>> {
    let size = std::fs::metadata(path)?.len();
    println!("\n{what}, {:.1} MB, medians of {TURNS} turns\n", size as f64 / 1e6);
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..TURNS {
        for (times, (_, run)) in times.iter_mut().zip(contestants) {
            let start = Instant::now();
            let _count = std::hint::black_box(run(path)?);
            times.push(start.elapsed());
        }
    }
    println!("| contestant | ms | ratio | slowest ratio |\n|---|---|---|---|");
    for ((name, _), own) in contestants.iter().zip(&times) {
        let mut ratios: Vec<f64> =
            times[0].iter().zip(own).map(|(first, own)| first.as_secs_f64() / own.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        let mut own: Vec<Duration> = own.clone();
        own.sort_unstable();
        let middle = own[TURNS / 2].as_secs_f64() * 1e3;
        println!("| {name} | {middle:.1} | {:.2} | {:.2} |", ratios[TURNS / 2], ratios[0]);
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

fn calamine_cells(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut book: Xlsx<_> = calamine::open_workbook(path)?;
    let mut cells = book.worksheet_cells_reader("Sheet1")?;
    let mut count = 0;
    while let Some(cell) = cells.next_cell()? {
        count += u64::from(cell.get_position().1);
    }
    Ok(count)
}

fn calamine_range(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut book: Xlsx<_> = calamine::open_workbook(path)?;
    let range = book.worksheet_range("Sheet1")?;
    Ok(range.used_cells().count() as u64)
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

/// The same kind of customers in a workbook, with days as cells of that format.
fn workbook(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in
        ["code", "name", "email", "phone", "city", "since", "credit_limit", "active"].iter().enumerate()
    {
        sheet.write_string(0, column as u16, *name)?;
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for row in 1..=SHEET_ROWS {
        sheet.write_string(row, 0, format!("C{row:06}"))?;
        sheet.write_string(row, 1, format!("Cellar {row}, Ltd."))?;
        sheet.write_string(row, 2, format!("buyer{row}@example.com"))?;
        sheet.write_string(row, 3, format!("+66 2 {:03} {:04}", row % 1000, row % 9973))?;
        sheet.write_string(row, 4, "Bangkok")?;
        sheet.write_number_with_format(row, 5, 44_000 + row % 1000, &day)?;
        sheet.write_number(row, 6, f64::from(row * 7 % 90_000) / 4.0)?;
        sheet.write_boolean(row, 7, row % 3 > 0)?;
    }
    book.save(path)?;
    Ok(())
}
