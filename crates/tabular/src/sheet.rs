//! What is found about a sheet before it is read.

use std::io::Read;
use std::path::Path;

use crate::column::{Column, Evidence};
use crate::decode;
use crate::dialect::{self, Dialect};
use crate::encoding;
use crate::layout;
use crate::record::Record;
use crate::splitter::Splitter;
use crate::workbook;
use crate::{Hints, Limits, Refusal};

/// Text of a delimited file that is looked at for the preview, in bytes.
const SAMPLE_BYTES: u64 = 1 << 20;
/// Rows looked at for the preview.
const SAMPLE_ROWS: usize = 5_000;
/// Rows of each sheet of a workbook looked at for the preview.
const SAMPLE_WORKBOOK_ROWS: usize = 1_000;
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
    /// The sheet's name; of a delimited text, the file's name without its ending.
    pub name: String,
    /// Place among the member's sheets, from 0; what [`crate::Member::rows`] takes.
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
}

/// Looks at a delimited text.
pub(crate) fn of_text(
    path: &Path,
    file: &str,
    limits: &Limits,
    hints: &Hints,
) -> Result<(SheetInfo, TextSheet), Refusal> {
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
    let mut splitter = Splitter::new(
        sample.as_bytes(),
        file,
        found.dialect,
        limits,
        !matches!(encoding.charset, encoding::Charset::Utf8),
    );
    let mut records = Vec::new();
    let mut record = Record::default();
    let mut all = whole;
    while splitter.next(&mut record)? {
        if records.len() == SAMPLE_ROWS {
            all = false;
            break;
        }
        records.push(record.clone());
    }
    if !all && records.len() > 1 {
        records.pop();
    }
    let stem = file.rsplit('/').next().unwrap_or(file);
    let name = stem.rsplit_once('.').map_or(stem, |(name, _)| name).to_owned();
    let mut info = describe(name, &records, all, file, limits, hints, false)?;
    if !all {
        let looked: usize = records.iter().map(|record| record.text.len() + record.len()).sum();
        let average = (looked as f64 / records.len().max(1) as f64).max(1.0);
        info.row_estimate = (bytes as f64 / average) as u64;
    }
    info.bytes = bytes;
    info.encoding = Some(EncodingVerdict {
        name: encoding.charset.name().to_owned(),
        confidence: encoding.confidence,
        marked: encoding.mark > 0,
    });
    info.dialect = Some(DialectVerdict { dialect: found.dialect, confidence: found.confidence });
    Ok((info, TextSheet { encoding, dialect: found.dialect }))
}

/// Looks at every sheet of a workbook. Sheets without a value are left out.
pub(crate) fn of_workbook(
    path: &Path,
    file: &str,
    limits: &Limits,
    hints: &Hints,
) -> Result<Vec<SheetInfo>, Refusal> {
    let bytes = std::fs::metadata(path).map_err(|error| Refusal::from_io(file, &error))?.len();
    let previews = workbook::preview(path, file, SAMPLE_WORKBOOK_ROWS, limits)?;
    if let Some(wanted) = &hints.sheet
        && !previews.iter().any(|preview| preview.name == *wanted)
    {
        let have = previews.iter().map(|preview| preview.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Refusal::NoSuchSheet { file: file.to_owned(), sheet: wanted.clone(), have });
    }
    let mut sheets = Vec::new();
    for preview in previews {
        if hints.sheet.as_ref().is_some_and(|wanted| *wanted != preview.name) || preview.records.is_empty() {
            continue;
        }
        let mut info = describe(preview.name, &preview.records, preview.whole, file, limits, hints, true)?;
        info.index = sheets.len();
        info.hidden = preview.hidden;
        info.bytes = bytes;
        if !preview.whole {
            info.row_estimate =
                preview.rows.max(preview.records.len() as u64).saturating_sub(info.first_data_row - 1);
        }
        sheets.push(info);
    }
    if sheets.is_empty() {
        return Err(Refusal::Empty { file: file.to_owned() });
    }
    Ok(sheets)
}

fn describe(
    name: String,
    records: &[Record],
    all: bool,
    file: &str,
    limits: &Limits,
    hints: &Hints,
    trimmed: bool,
) -> Result<SheetInfo, Refusal> {
    let layout = layout::find(records, hints, trimmed);
    if layout.width > limits.columns {
        let row =
            records.iter().find(|record| record.len() > limits.columns).map_or(1, |record| record.number);
        let (file, count) = (file.to_owned(), layout.width);
        return Err(Refusal::TooManyColumns { file, row, count, limit: limits.columns });
    }
    let header = layout.header.and_then(|index| records.get(index));
    let mut data: Vec<&Record> =
        records.iter().skip(layout.first).filter(|record| !record.is_blank()).collect();
    let mut footer = Vec::new();
    while all && data.last().is_some_and(|record| layout::is_footer_like(record, layout.width)) {
        footer.extend(data.pop().map(|record| record.number));
    }
    footer.reverse();
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
    let top = layout.header.unwrap_or(layout.first);
    let preamble =
        records.iter().take(top).filter(|record| !record.is_blank()).take(PREAMBLE_KEPT).map(texts);
    let below_header = header.map_or(1, |record| record.number + 1);
    Ok(SheetInfo {
        name,
        index: 0,
        hidden: false,
        encoding: None,
        dialect: None,
        preamble: preamble.collect(),
        header_rows: header.map(|record| record.number).into_iter().collect(),
        header_confidence: layout.confidence,
        first_data_row: records.get(layout.first).map_or(below_header, |record| record.number),
        columns,
        first_rows: data.iter().take(20).map(|record| texts(record)).collect(),
        footer_rows: all.then_some(footer),
        row_estimate: data.len() as u64,
        is_counted: all,
        bytes: 0,
    })
}
