//! What is found about a sheet before it is read.

use std::io::Read;
use std::path::Path;

use crate::column::{Column, Evidence};
use crate::decode;
use crate::dialect::{self, Dialect};
use crate::encoding;
use crate::footer::{Role, Sieve};
use crate::layout::{self, Layout};
use crate::record::Record;
use crate::repair::{self, Shape};
use crate::splitter::Splitter;
use crate::workbook::Preview;
use crate::{Hints, Limits, Refusal};

/// Text of a delimited file that is looked at for the preview, in bytes.
const SAMPLE_BYTES: u64 = 1 << 20;
/// Rows looked at for the preview.
const SAMPLE_ROWS: usize = 5_000;
/// Preamble rows kept as text.
const PREAMBLE_KEPT: usize = 20;

/// The encoding of a delimited text.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodingVerdict {
    /// The usual name (`UTF-8`, `windows-874`).
    pub name: String,
    /// 0 to 1.
    pub confidence: f32,
    /// Whether a byte-order mark said it.
    pub marked: bool,
}

/// The dialect of a delimited text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DialectVerdict {
    /// What was found.
    pub dialect: Dialect,
    /// 0 to 1.
    pub confidence: f32,
}

/// What is found about a sheet before it is read. Row numbers count from 1, as a spreadsheet shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetInfo {
    /// The sheet's name; of a delimited text, the file's name without its ending. Where a sheet holds several tables, the
    /// second and all further ones are counted: `Stock (2)`.
    pub name: String,
    /// Place among the member's tables, from 0; what [`crate::Member::rows`] takes.
    pub index: usize,
    /// Hidden in the workbook.
    pub hidden: bool,
    /// Of delimited text only.
    pub encoding: Option<EncodingVerdict>,
    /// Of delimited text only.
    pub dialect: Option<DialectVerdict>,
    /// Rows above the table that are not blank, up to 20.
    pub preamble: Vec<Vec<String>>,
    /// Rows of the header; empty where there is none.
    pub header_rows: Vec<u64>,
    /// How sure header or no header is, 0 to 1.
    pub header_confidence: f32,
    /// First row of data.
    pub first_data_row: u64,
    /// The last row before the next table of the sheet, where one follows below; `None` for the last table.
    pub last_row: Option<u64>,
    /// The columns, their kinds by the sample (see [`crate::Member::profile`] for all rows).
    pub columns: Vec<Column>,
    /// First rows of data as text, up to 20.
    pub first_rows: Vec<Vec<String>>,
    /// Rows of totals and notes below the table; `None` until the sheet was read to its end.
    pub footer_rows: Option<Vec<u64>>,
    /// Rows of data, from the size where the sample is not all.
    pub row_estimate: u64,
    /// Whether `row_estimate` was counted.
    pub is_counted: bool,
    /// Bytes of the file the sheet is in.
    pub bytes: u64,
    /// The sheet's place in its workbook.
    pub(crate) source: usize,
    /// Tells rows of data from totals and notes.
    pub(crate) sieve: Sieve,
}

impl SheetInfo {
    /// A text that is equal for files with the same columns: the folded headers, parted by tabs.
    pub fn fingerprint(&self) -> String {
        let fold = |header: &str| {
            header
                .chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
                .collect::<String>()
                .to_lowercase()
        };
        self.columns.iter().map(|column| fold(&column.header)).collect::<Vec<_>>().join("\t")
    }
}

/// A delimited text with what reading it needs.
#[derive(Debug, Clone)]
pub(crate) struct TextSheet {
    pub encoding: encoding::Verdict,
    pub dialect: Dialect,
    pub shapes: Vec<Shape>,
}

/// Readings of the sample until its tables stand where the last reading had them.
const READINGS: usize = 3;

/// Looks at a delimited text.
pub(crate) fn of_text(
    path: &Path,
    file: &str,
    limits: &Limits,
    hints: &Hints,
) -> Result<(Vec<SheetInfo>, TextSheet), Refusal> {
    let bytes = std::fs::metadata(path).map_err(|error| Refusal::from_io(file, &error))?.len();
    let encoding = encoding::detect(path, file, hints)?;
    let mut raw = Vec::new();
    decode::open(path, file, &encoding)?
        .take(SAMPLE_BYTES)
        .read_to_end(&mut raw)
        .map_err(|error| Refusal::from_io(file, &error))?;
    let whole = (raw.len() as u64) < SAMPLE_BYTES;
    let sample = match std::str::from_utf8(&raw) {
        Ok(sample) => sample,
        Err(error) => std::str::from_utf8(&raw[..error.valid_up_to()]).unwrap_or_default(),
    };
    let found = dialect::detect(sample, hints);
    let lossy = !matches!(encoding.charset, encoding::Charset::Utf8);
    let mut shapes = Vec::new();
    let (mut records, mut all, mut tables);
    let mut readings = 0;
    // Rows that do not fit are read again once the tables are known, which may move what stands below them.
    loop {
        let mut splitter =
            Splitter::new(sample.as_bytes(), file, found.dialect, limits, lossy).expecting(shapes.clone());
        let left_out;
        (records, left_out, all) = read(&mut splitter, whole)?;
        tables = layout::find(&records, hints, false);
        let now = shapes_of(&records, &tables);
        readings += 1;
        if now == shapes || readings == READINGS {
            break;
        }
        shapes = now;
        let fits = |record: &Record| {
            let shape = Shape::of(&shapes, record.number);
            record.defect.is_none()
                && !repair::is_suspect(record, repair::has_lines(record.text.as_bytes()), shape)
        };
        // Where all rows fit, another reading would give the same.
        if records.iter().chain(&left_out).all(fits) {
            break;
        }
    }
    let stem = file.rsplit('/').next().unwrap_or(file);
    let name = stem.rsplit_once('.').map_or(stem, |(name, _)| name).to_owned();
    let mut sheets = describe(&name, &records, &tables, all, file, limits, hints)?;
    let looked: usize = records.iter().map(|record| record.text.len() + 1).sum();
    let average = (looked as f64 / records.len().max(1) as f64).max(1.0);
    for info in &mut sheets {
        if !info.is_counted {
            info.row_estimate = (bytes as f64 / average) as u64;
        }
        info.bytes = bytes;
        info.encoding = Some(EncodingVerdict {
            name: encoding.charset.name().to_owned(),
            confidence: encoding.confidence,
            marked: encoding.mark > 0,
        });
        info.dialect = Some(DialectVerdict { dialect: found.dialect, confidence: found.confidence });
    }
    Ok((sheets, TextSheet { encoding, dialect: found.dialect, shapes }))
}

/// The records of the sample, those left out, and whether they are all of the file.
fn read(splitter: &mut Splitter<&[u8]>, whole: bool) -> Result<(Vec<Record>, Vec<Record>, bool), Refusal> {
    let (mut records, mut left_out) = (Vec::new(), Vec::new());
    let mut record = Record::default();
    let mut all = whole;
    while splitter.next(&mut record)? {
        if records.len() == SAMPLE_ROWS {
            all = false;
            break;
        }
        if record.is_help() { &mut left_out } else { &mut records }.push(record.clone());
    }
    if !all && records.len() > 1 {
        left_out.extend(records.pop());
    }
    Ok((records, left_out, all))
}

/// What the records of each table look like.
fn shapes_of(records: &[Record], tables: &[Layout]) -> Vec<Shape> {
    tables
        .iter()
        .filter_map(|table| {
            let from = records.get(table.header.start.min(table.first))?.number;
            let data = layout::body(&records[..table.end], table.first);
            let width = layout::usual_width(&data).unwrap_or(table.width);
            Some(Shape { from, width, typed: Some(layout::typed_columns(&data, width)) })
        })
        .collect()
}

/// Looks at every sheet of a workbook. Sheets without a value are left out.
pub(crate) fn of_workbook(
    previews: Vec<Preview>,
    bytes: u64,
    file: &str,
    limits: &Limits,
    hints: &Hints,
) -> Result<Vec<SheetInfo>, Refusal> {
    if let Some(wanted) = &hints.sheet
        && !previews.iter().any(|preview| preview.name == *wanted)
    {
        let have = previews.iter().map(|preview| preview.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Refusal::NoSuchSheet { file: file.to_owned(), sheet: wanted.clone(), have });
    }
    let mut sheets: Vec<SheetInfo> = Vec::new();
    for preview in previews {
        if hints.sheet.as_ref().is_some_and(|wanted| *wanted != preview.name) || preview.records.is_empty() {
            continue;
        }
        let mut records = with_gaps(preview.records);
        records.retain(|record| !record.is_help());
        let tables = layout::find(&records, hints, true);
        for mut info in describe(&preview.name, &records, &tables, preview.whole, file, limits, hints)? {
            info.index = sheets.len();
            info.source = preview.place;
            info.hidden = preview.hidden;
            info.bytes = bytes;
            if !info.is_counted {
                let seen = records.last().map_or(0, |record| record.number);
                info.row_estimate = preview.rows.max(seen).saturating_sub(info.first_data_row - 1);
            }
            sheets.push(info);
        }
    }
    if sheets.is_empty() {
        return Err(Refusal::Empty { file: file.to_owned() });
    }
    Ok(sheets)
}

/// A workbook leaves blank rows out; one stands for each gap, so that titles and tables are told apart.
fn with_gaps(records: Vec<Record>) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::with_capacity(records.len());
    for record in records {
        let next = all.last().map_or(record.number, |last| last.number + 1);
        if record.number > next {
            all.push(Record { number: record.number - 1, ..Record::default() });
        }
        all.push(record);
    }
    all
}

/// What is found about the tables of one sheet.
fn describe(
    name: &str,
    records: &[Record],
    tables: &[Layout],
    all: bool,
    file: &str,
    limits: &Limits,
    hints: &Hints,
) -> Result<Vec<SheetInfo>, Refusal> {
    let mut sheets = Vec::new();
    let mut above = 0;
    for (place, layout) in tables.iter().enumerate() {
        if layout.width > limits.columns {
            let wide = records.iter().find(|record| record.len() > limits.columns);
            let (file, count) = (file.to_owned(), layout.width);
            let row = wide.map_or(1, |record| record.number);
            return Err(Refusal::TooManyColumns { file, row, count, limit: limits.columns });
        }
        let is_last = place + 1 == tables.len();
        let mut info = table(records, layout, above, all || !is_last, hints);
        info.index = place;
        info.name = if place == 0 { name.to_owned() } else { format!("{name} ({})", place + 1) };
        info.last_row = (!is_last).then(|| records.get(layout.end).map(|next| next.number - 1)).flatten();
        above = layout.end;
        sheets.push(info);
    }
    Ok(sheets)
}

/// What is found about one table; `above` is where the one above it ends.
fn table(records: &[Record], layout: &Layout, above: usize, all: bool, hints: &Hints) -> SheetInfo {
    let header = &records[layout.header.clone()];
    let rows = &records[layout.first.min(layout.end)..layout.end];
    let sieve = Sieve::new(layout.width, header, &layout::body(rows, 0));
    let (mut data, mut footer) = (Vec::<&Record>::new(), Vec::<&Record>::new());
    let mut roles = sieve.clone();
    for record in rows {
        match roles.role(record) {
            Role::Data => {
                data.append(&mut footer);
                data.push(record);
            }
            Role::Footer => footer.push(record),
            Role::Blank | Role::Header | Role::Help => {}
        }
    }
    if !all {
        data.append(&mut footer);
    }
    let mut evidence = vec![Evidence::default(); layout.width];
    for record in &data {
        for (index, evidence) in evidence.iter_mut().enumerate() {
            evidence.add(record.cell(index));
        }
    }
    let columns = layout::names(header, layout.width)
        .into_iter()
        .zip(&evidence)
        .enumerate()
        .map(|(index, ((header, key), evidence))| evidence.column(index, header, key, hints))
        .collect();
    let texts = |record: &Record| record.cells().map(str::to_owned).collect::<Vec<_>>();
    let top = layout.header.start.min(layout.first);
    let preamble = records[above..top.max(above)].iter().filter(|record| !record.is_blank());
    let below_header = header.last().map_or(1, |record| record.number + 1);
    SheetInfo {
        name: String::new(),
        index: 0,
        hidden: false,
        encoding: None,
        dialect: None,
        preamble: preamble.take(PREAMBLE_KEPT).map(texts).collect(),
        header_rows: header.iter().map(|record| record.number).collect(),
        header_confidence: layout.confidence,
        first_data_row: records.get(layout.first).map_or(below_header, |record| record.number),
        last_row: None,
        columns,
        first_rows: data.iter().take(20).map(|record| texts(record)).collect(),
        footer_rows: all.then(|| footer.iter().map(|record| record.number).collect()),
        row_estimate: data.len() as u64,
        is_counted: all,
        bytes: 0,
        source: 0,
        sieve,
    }
}
