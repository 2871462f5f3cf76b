//! Where a second table begins below the first.

use crate::header;
use crate::layout::{coarse, filled, filled_until, typed_columns};
use crate::record::Record;
use crate::value::Look;

/// Records looked at above and below a seam.
const NEAR: usize = 30;
/// Records from a seam to the second table's header: a title and a blank one.
const TITLES: usize = 3;

/// The first record, from a place on, with which another table begins: its header, or its title above that.
pub(crate) fn find(records: &[Record], from: usize, trimmed: bool) -> Option<usize> {
    let first = (from..records.len()).find(|at| filled(&records[*at]) > 1)?;
    let mut usual = Usual::default();
    for at in first..records.len() {
        let record = &records[at];
        if record.is_blank() {
            continue;
        }
        let gap = at > first && records[at - 1].is_blank();
        let changed = usual.seen >= 2 && !usual.fits(record, trimmed);
        if at > first + 1 && (gap || changed || differs(&records[at - 1], record) && is_all_text(record)) {
            let titles = if gap { TITLES } else { 1 };
            let header = (at..records.len().min(at + titles)).find(|header| filled(&records[*header]) > 1);
            if let Some(header) = header
                && records[at..header].iter().all(is_title)
                && begins(records, first..at, header, gap, trimmed)
            {
                return Some(at);
            }
        }
        usual.add(record);
    }
    None
}

/// The number of cells that records above have.
#[derive(Default)]
struct Usual {
    seen: usize,
    width: usize,
    agree: usize,
}

impl Usual {
    fn add(&mut self, record: &Record) {
        self.seen += 1;
        // The majority's width, found by votes that cancel each other (Boyer and Moore).
        if self.agree == 0 {
            self.width = record.len();
        }
        if record.len() == self.width { self.agree += 1 } else { self.agree -= 1 }
    }

    fn fits(&self, record: &Record, trimmed: bool) -> bool {
        record.len() == self.width || trimmed && record.len() < self.width
    }
}

/// Whether a record has texts where the one above it has numbers and dates.
fn differs(above: &Record, record: &Record) -> bool {
    let value = |cell: &str| !matches!(coarse(cell), Look::Text | Look::Empty);
    let pairs = above.cells().zip(record.cells());
    pairs.filter(|(above, here)| value(above) && coarse(here) == Look::Text).take(2).count() == 2
}

fn is_title(record: &Record) -> bool {
    filled(record) <= 1
}

/// Whether all cells are short texts of different kinds, as names of columns are.
fn is_all_text(record: &Record) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    for cell in record.cells().map(str::trim).filter(|cell| !cell.is_empty()) {
        if coarse(cell) != Look::Text || cell.len() > 90 || cell.contains('@') || cell.contains("://") {
            return false;
        }
        seen.push(cell);
    }
    seen.sort_unstable();
    seen.dedup();
    seen.len() > 1
}

/// Whether the record at `at` heads a table of its own.
fn begins(records: &[Record], above: std::ops::Range<usize>, at: usize, gap: bool, trimmed: bool) -> bool {
    let head = &records[at];
    let width = filled_until(head);
    if !is_all_text(head) || filled(head) * 10 < width * 6 {
        return false;
    }
    let below: Vec<&Record> = records[at + 1..]
        .iter()
        .skip_while(|r| is_all_text(r))
        .take_while(|r| !r.is_blank())
        .take(NEAR)
        .collect();
    // A header of several rows ends where its columns hold values; a table of text alone has one row of names.
    let below = if below.is_empty() { near(&records[at + 1..]) } else { below };
    let Some(next) = below.first() else { return false };
    let own = if trimmed { filled_until(next) <= width } else { next.len() == head.len() };
    let over: Vec<&Record> = records[above].iter().rev().filter(|r| !r.is_blank()).take(NEAR).collect();
    if !own || over.len() < 2 {
        return false;
    }
    let columns = width.max(next.len());
    let (lower, upper) = (typed_columns(&below, columns), typed_columns(&over, columns));
    let contrast = |typed: &[bool]| {
        let texts = typed.iter().enumerate().filter(|(_, typed)| **typed);
        let (all, text) = texts.fold((0, 0), |(all, text), (index, _)| {
            (all + 1, text + usize::from(!head.cell(index).trim().is_empty()))
        });
        (all, text)
    };
    let mut usual = Usual::default();
    over.iter().rev().for_each(|record| usual.add(record));
    let alike = over.iter().filter(|record| record.len() == usual.width && filled(record) > 1).count();
    // What stands above must be a table itself: titles may hold the delimiter by chance.
    if alike < 2 || alike == 2 && !upper.contains(&true) {
        return false;
    }
    let (lower_typed, lower_text) = contrast(&lower);
    let (upper_typed, upper_text) = contrast(&upper);
    let changed = !usual.fits(head, trimmed) && !usual.fits(next, trimmed);
    if lower_typed == 0 || lower_text < lower_typed {
        // Nothing but text below: a new table only where the form changes behind a blank record.
        return gap && changed && below.len() > 1 && header::score(head, &below, columns) > 0.2;
    }
    // A row of the table above whose numbers are missing has a code like the others.
    let like = header::is_like(head, &over);
    if gap {
        return changed || !like && (upper_text > 0 || lower != upper);
    }
    changed || upper_text >= 2 && upper_text == upper_typed && below.len() > 1 && !like
}

/// The records up to the next blank one.
fn near(records: &[Record]) -> Vec<&Record> {
    records.iter().take_while(|record| !record.is_blank()).take(NEAR).collect()
}
