//! Looks through an OLE compound file before the spreadsheet reader sees it: what it is, passwords, macros, claims.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use cfb::CompoundFile;

use crate::contain::contain;
use crate::{Limits, Refusal};

/// Cells of a workbook's sheets together, from each sheet's first cell to its last: the reader keeps room for all of them.
const CELLS: u64 = 24_000_000;
/// Rows and columns of a sheet in the format (MS-XLS 2.4.90).
const ROWS: u64 = 65_536;
const COLUMNS: u64 = 256;

/// Checks that a compound file is an Excel 97–2003 workbook that can be read.
pub(crate) fn check(path: &Path, file: &str, limits: &Limits) -> Result<(), Refusal> {
    contain(file, || {
        let input = File::open(path).map_err(|error| Refusal::from_io(file, &error))?;
        let mut compound = CompoundFile::open(input).map_err(|error| broken(file, &error))?;
        let owned = || file.to_owned();
        if compound.is_stream("/EncryptedPackage") {
            return Err(Refusal::Encrypted { file: owned() });
        }
        let Some(stream) = ["/Workbook", "/Book"].into_iter().find(|name| compound.is_stream(name)) else {
            let word = compound.is_stream("/WordDocument");
            let what = if word { "a Word document" } else { "an old Office document" };
            return Err(Refusal::NotATable { file: owned(), what: what.to_owned() });
        };
        if compound.exists("/_VBA_PROJECT_CUR") {
            return Err(Refusal::Macros { file: owned() });
        }
        let stream = compound.open_stream(stream).map_err(|error| broken(file, &error))?;
        if stream.len() > limits.file_bytes {
            return Err(Refusal::damaged(file, "its parts claim more than it holds"));
        }
        records(BufReader::new(stream), file)
    })
}

fn broken(file: &str, error: &std::io::Error) -> Refusal {
    Refusal::damaged(file, error.to_string())
}

/// Walks the records of the workbook's stream.
fn records(mut stream: impl Read, file: &str) -> Result<(), Refusal> {
    let mut walk = Walk::default();
    let mut body = Vec::new();
    let mut head = [0; 4];
    // The reader itself says what is wrong with a stream that is cut off.
    while stream.read_exact(&mut head).is_ok() {
        body.resize(usize::from(u16::from_le_bytes([head[2], head[3]])), 0);
        if stream.read_exact(&mut body).is_err() {
            break;
        }
        walk.record(u16::from_le_bytes([head[0], head[1]]), &body, file)?;
        walk.offset += 4 + body.len() as u64;
    }
    walk.end(file)
}

/// What the records so far tell.
#[derive(Default)]
struct Walk {
    offset: u64,
    /// Streams inside each other: charts stand inside sheets.
    depth: u32,
    area: Area,
    cells: u64,
    /// Where streams of their own begin.
    begun: HashSet<u64>,
    /// Where the sheets are said to begin.
    sheets: Vec<u64>,
}

impl Walk {
    fn record(&mut self, kind: u16, body: &[u8], file: &str) -> Result<(), Refusal> {
        let word =
            |at: usize| body.get(at..at + 2).map_or(0, |two| u64::from(u16::from_le_bytes([two[0], two[1]])));
        let long = |at: usize| word(at) | word(at + 2) << 16;
        match kind {
            // FilePass: obfuscated or encrypted by a password.
            0x002F => return Err(Refusal::Encrypted { file: file.to_owned() }),
            0x0085 => self.sheets.push(long(0)),
            // The beginning of a stream.
            0x0809 => {
                if self.depth == 0 {
                    self.begun.insert(self.offset);
                }
                self.depth += 1;
            }
            // The end of a stream.
            0x000A => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.close(file)?;
                }
            }
            // Dimensions: the reader makes room for what they claim.
            0x0200 => {
                let [top, bottom, left, right] = if body.len() >= 14 {
                    [long(0), long(4), word(8), word(10)]
                } else {
                    [word(0), word(2), word(4), word(6)]
                };
                let none = bottom == 0 || right == 0;
                if !none && (top >= bottom || left > right || bottom > ROWS || right > COLUMNS) {
                    return Err(Refusal::damaged(file, "a sheet claims cells that the format does not have"));
                }
            }
            // Number, label, truth or error, RK, formula, label of the table of strings, rich string.
            0x0203 | 0x0204 | 0x0205 | 0x027E | 0x0006 | 0x00FD | 0x00D6 => self.area.cell(word(0), word(2)),
            // Several RK: the last column stands at the end.
            0x00BD => {
                self.area.cell(word(0), word(2));
                self.area.cell(word(0), word(body.len().saturating_sub(2)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Counts the cells of the stream that ended.
    fn close(&mut self, file: &str) -> Result<(), Refusal> {
        let [top, bottom, left, right] = self.area.some.take().unwrap_or([1, 0, 1, 0]);
        self.cells += (bottom + 1 - top) * (right + 1 - left);
        if self.cells > CELLS {
            let detail = format!("more than {} million cells", CELLS / 1_000_000);
            return Err(Refusal::UnpacksTooLarge { file: file.to_owned(), detail });
        }
        Ok(())
    }

    fn end(mut self, file: &str) -> Result<(), Refusal> {
        self.close(file)?;
        // Each stream was counted once: no two sheets may be read from the same one.
        let mut seen = HashSet::new();
        if self.sheets.iter().all(|sheet| self.begun.contains(sheet) && seen.insert(*sheet)) {
            return Ok(());
        }
        Err(Refusal::damaged(file, "its sheets do not begin where it says"))
    }
}

/// The rectangle from a sheet's first cell to its last.
#[derive(Default)]
struct Area {
    some: Option<[u64; 4]>,
}

impl Area {
    fn cell(&mut self, row: u64, column: u64) {
        let [top, bottom, left, right] = self.some.unwrap_or([row, row, column, column]);
        self.some = Some([top.min(row), bottom.max(row), left.min(column), right.max(column)]);
    }
}
