//! Rows of a workbook as bytes, between the process that reads it and the one that asked.

use std::io::{self, BufWriter, Read, Write};

use crate::Refusal;
use crate::book::Head;
use crate::order::{Part, Sink};
use crate::record::{Defect, Record};

/// What a message is.
mod kind {
    pub const HEAD: u8 = 1;
    pub const ROWS: u8 = 2;
    pub const END: u8 = 3;
    pub const DONE: u8 = 4;
    pub const REFUSED: u8 = 5;
}

/// The most bytes of one text, and the most items of one list: a row within the limits stays far below.
const LARGEST: u64 = 1 << 30;

/// Writes parts.
pub(crate) struct Pen<W: Write> {
    out: BufWriter<W>,
    failed: Option<io::Error>,
}

impl<W: Write> Pen<W> {
    pub fn new(out: W) -> Self {
        Self { out: BufWriter::with_capacity(64 << 10, out), failed: None }
    }

    /// Writes how it ended.
    pub fn finish(mut self, done: Result<(), Refusal>) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match done {
            Ok(()) => self.out.write_all(&[kind::DONE])?,
            Err(refusal) => {
                self.out.write_all(&[kind::REFUSED])?;
                refused(&mut self.out, &refusal)?;
            }
        }
        self.out.flush()
    }

    fn part(&mut self, part: Part) -> io::Result<()> {
        let out = &mut self.out;
        match part {
            Part::Head(head) => {
                out.write_all(&[kind::HEAD, u8::from(head.hidden)])?;
                text(out, &head.name)
            }
            Part::Rows(rows) => {
                out.write_all(&[kind::ROWS])?;
                number(out, rows.len() as u64)?;
                for row in &rows {
                    record(out, row)?;
                }
                // Whoever waits for the first rows gets them at once.
                out.flush()
            }
            Part::End { whole, last } => {
                out.write_all(&[kind::END, u8::from(whole)])?;
                number(out, last)
            }
        }
    }
}

impl<W: Write> Sink for Pen<W> {
    fn take(&mut self, part: Part) -> bool {
        let written = self.part(part);
        self.failed = written.err();
        self.failed.is_none()
    }
}

fn number(out: &mut impl Write, number: u64) -> io::Result<()> {
    out.write_all(&number.to_le_bytes())
}

fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    number(out, text.len() as u64)?;
    out.write_all(text.as_bytes())
}

fn record(out: &mut impl Write, record: &Record) -> io::Result<()> {
    number(out, record.number)?;
    let defect = match record.defect {
        Some(Defect::InvalidBytes { column }) => [1, column as u64, 0, 0],
        Some(Defect::CellTooLong { column, bytes, limit }) => [2, column as u64, bytes as u64, limit as u64],
        _ => [0; 4],
    };
    defect.into_iter().try_for_each(|part| number(out, part))?;
    number(out, record.ends.len() as u64)?;
    record.ends.iter().try_for_each(|end| number(out, *end as u64))?;
    text(out, &record.text)
}

/// A refusal without the file's name, which the one who asked knows.
fn refused(out: &mut impl Write, refusal: &Refusal) -> io::Result<()> {
    let (code, words, numbers) = match refusal {
        Refusal::Encrypted { .. } => (1, "", [0; 3]),
        Refusal::XmlEntities { part, .. } => (2, part.as_str(), [0; 3]),
        Refusal::UnpacksTooLarge { detail, .. } => (3, detail.as_str(), [0; 3]),
        Refusal::TooManyColumns { row, count, limit, .. } => (4, "", [*row, *count as u64, *limit as u64]),
        Refusal::TooManyRows { sheet, limit, .. } => (5, sheet.as_str(), [*limit, 0, 0]),
        Refusal::Io { detail, .. } => (6, detail.as_str(), [0; 3]),
        Refusal::RecordTooLong { row, limit_mib, .. } => (7, "", [*row, *limit_mib as u64, 0]),
        Refusal::Damaged { detail, .. } => (0, detail.as_str(), [0; 3]),
        other => (0, other.code(), [0; 3]),
    };
    number(out, code)?;
    text(out, words)?;
    numbers.into_iter().try_for_each(|part| number(out, part))
}

/// Reads the next part; `None` at the end. A stream that ends too soon is one whose writer died.
pub(crate) fn next(input: &mut impl Read, file: &str) -> Result<Option<Part>, Refusal> {
    let broken =
        |_: io::Error| Refusal::damaged(file, "the spreadsheet reader ran out of memory or time on it");
    message(input, file).map_err(broken)?
}

fn message(input: &mut impl Read, file: &str) -> io::Result<Result<Option<Part>, Refusal>> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    Ok(Ok(Some(match byte(input)? {
        kind::HEAD => {
            let hidden = byte(input)? != 0;
            Part::Head(Head { name: read_text(input)?, hidden })
        }
        kind::ROWS => {
            let count = read_size(input)?;
            let mut rows = Vec::new();
            for _ in 0..count {
                rows.push(read_record(input)?);
            }
            Part::Rows(rows)
        }
        kind::END => Part::End { whole: byte(input)? != 0, last: read_number(input)? },
        kind::DONE => return Ok(Ok(None)),
        kind::REFUSED => return Ok(Err(read_refusal(input, file)?)),
        _ => return Err(invalid()),
    })))
}

fn byte(input: &mut impl Read) -> io::Result<u8> {
    let mut one = [0];
    input.read_exact(&mut one)?;
    Ok(one[0])
}

fn read_number(input: &mut impl Read) -> io::Result<u64> {
    let mut eight = [0; 8];
    input.read_exact(&mut eight)?;
    Ok(u64::from_le_bytes(eight))
}

fn read_size(input: &mut impl Read) -> io::Result<usize> {
    let size = read_number(input)?;
    if size > LARGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    usize::try_from(size).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn read_text(input: &mut impl Read) -> io::Result<String> {
    let size = read_size(input)?;
    let mut bytes = Vec::new();
    let got = input.take(size as u64).read_to_end(&mut bytes)?;
    if got < size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn read_record(input: &mut impl Read) -> io::Result<Record> {
    let number = read_number(input)?;
    let [kind, column, bytes, limit] =
        [read_number(input)?, read_size(input)? as u64, read_number(input)?, read_number(input)?];
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let column = size(column);
    let defect = match kind {
        1 => Some(Defect::InvalidBytes { column }),
        2 => Some(Defect::CellTooLong { column, bytes: size(bytes), limit: size(limit) }),
        _ => None,
    };
    let count = read_size(input)?;
    let mut ends = Vec::new();
    for _ in 0..count {
        ends.push(read_size(input)?);
    }
    let text = read_text(input)?;
    let apart = |pair: &[usize]| pair[0] < pair[1] && text.as_bytes().get(pair[0]).is_some_and(u8::is_ascii);
    if !ends.windows(2).all(apart) || ends.last().is_some_and(|last| *last != text.len()) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(Record { number, text, ends, marks: Vec::new(), defect })
}

fn read_refusal(input: &mut impl Read, file: &str) -> io::Result<Refusal> {
    let code = read_number(input)?;
    let words = read_text(input)?;
    let [one, two, three] = [read_number(input)?, read_number(input)?, read_number(input)?];
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let file = file.to_owned();
    Ok(match code {
        1 => Refusal::Encrypted { file },
        2 => Refusal::XmlEntities { file, part: words },
        3 => Refusal::UnpacksTooLarge { file, detail: words },
        4 => Refusal::TooManyColumns { file, row: one, count: size(two), limit: size(three) },
        5 => Refusal::TooManyRows { file, sheet: words, limit: one },
        6 => Refusal::Io { file, detail: words },
        7 => Refusal::RecordTooLong { file, row: one, limit_mib: size(two) },
        _ => Refusal::Damaged { file, detail: words },
    })
}
