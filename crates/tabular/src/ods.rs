//! OpenDocument spreadsheets (OpenDocument 1.3, part 3), read as a stream: repeated cells and rows are counted, never
//! kept.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::book::Head;
use crate::grid::Grid;
use crate::ods_cell::Cell;
use crate::{Limits, Refusal};

/// Elements inside each other; real documents have about ten.
const DEPTH: usize = 200;

/// An OpenDocument spreadsheet.
pub(crate) struct Ods {
    path: PathBuf,
    heads: Vec<Head>,
}

type Content<'a> = Reader<BufReader<ZipFile<'a, BufReader<File>>>>;

impl Ods {
    /// Finds the sheets.
    pub fn open(path: &Path, file: &str) -> Result<Self, Refusal> {
        let mut ods = Self { path: path.to_owned(), heads: Vec::new() };
        let mut heads = Vec::new();
        ods.walk(file, &mut |walk| {
            if let Step::Table { name, hidden } = walk {
                heads.push(Head { name: name.to_owned(), hidden });
            }
            Ok(true)
        })?;
        ods.heads = heads;
        Ok(ods)
    }

    /// The sheets, in order.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Gives the rows of a sheet until the grid wants no more; the format gives no account of the last row.
    pub fn read(
        &self,
        file: &str,
        sheet: &str,
        limits: &Limits,
        grid: &mut Grid<'_>,
    ) -> Result<u64, Refusal> {
        let mut here = false;
        let mut seen = false;
        let mut row = 0;
        let mut cells: Vec<(usize, usize, String)> = Vec::new();
        let mut column = 0;
        self.walk(file, &mut |step| {
            match step {
                Step::Table { name, .. } => {
                    here = name == sheet && !seen;
                    seen |= here;
                }
                Step::EndTable if here => return Ok(false),
                Step::Cell { repeated, text } if here => {
                    if !text.is_empty() {
                        // Columns beyond the limit are refused by the grid, at the first one.
                        cells.push((column, repeated.min(limits.columns + 1), text));
                    }
                    column = column.saturating_add(repeated);
                }
                Step::Row { repeated } if here => {
                    column = 0;
                    if cells.is_empty() {
                        row += repeated;
                        return Ok(true);
                    }
                    for _ in 0..repeated {
                        row += 1;
                        if !grid.row(row)? {
                            return Ok(false);
                        }
                        for (first, repeated, text) in &cells {
                            for column in *first..first.saturating_add(*repeated) {
                                grid.cell(column, |record| crate::cell_text::plain(text, limits, record))?;
                            }
                        }
                    }
                    cells.clear();
                }
                _ => {}
            }
            Ok(true)
        })?;
        Ok(0)
    }

    /// Walks the document until `take` wants no more.
    fn walk(
        &self,
        file: &str,
        take: &mut dyn FnMut(Step<'_>) -> Result<bool, Refusal>,
    ) -> Result<(), Refusal> {
        let damaged = |detail: String| Refusal::damaged(file, detail);
        let input = File::open(&self.path).map_err(|error| Refusal::from_io(file, &error))?;
        let mut archive =
            ZipArchive::new(BufReader::new(input)).map_err(|error| damaged(error.to_string()))?;
        let content = archive.by_name("content.xml").map_err(|error| damaged(error.to_string()))?;
        let mut reader: Content<'_> = Reader::from_reader(BufReader::new(content));
        reader.config_mut().expand_empty_elements = true;
        let mut state = State::default();
        let mut buffer = Vec::new();
        let mut depth = 0;
        loop {
            let event = reader.read_event_into(&mut buffer).map_err(|error| damaged(error.to_string()))?;
            let go_on = match event {
                Event::Start(element) => {
                    depth += 1;
                    if depth > DEPTH {
                        return Err(damaged("its elements are nested too deep".to_owned()));
                    }
                    state.start(&element, file, take)?
                }
                Event::End(element) => {
                    depth = depth.saturating_sub(1);
                    state.end(element.name().0, take)?
                }
                Event::Text(text) => state.text(&text.xml_content(XmlVersion::Implicit1_0)),
                Event::CData(text) => state.text(&text.xml_content(XmlVersion::Implicit1_0)),
                Event::GeneralRef(name) => {
                    let sign = name.resolve_char_ref().map_err(|error| damaged(error.to_string()))?;
                    match sign {
                        Some(sign) => state.text(sign.encode_utf8(&mut [0; 4])),
                        None => match quick_xml::escape::resolve_predefined_entity(&name) {
                            Some(text) => state.text(text),
                            None => return Err(entities(file)),
                        },
                    }
                }
                Event::DocType(_) => return Err(entities(file)),
                Event::Eof => return Ok(()),
                _ => true,
            };
            if !go_on {
                return Ok(());
            }
            buffer.clear();
        }
    }
}

fn entities(file: &str) -> Refusal {
    Refusal::XmlEntities { file: file.to_owned(), part: "content.xml".to_owned() }
}

/// What a walk through the document meets.
enum Step<'a> {
    Table {
        name: &'a str,
        hidden: bool,
    },
    Cell {
        repeated: usize,
        text: String,
    },
    /// The row whose cells came before.
    Row {
        repeated: u64,
    },
    EndTable,
}

/// Where in the document a walk is.
#[derive(Default)]
struct State {
    /// Styles of tables that are not shown.
    hidden: HashSet<String>,
    style: Option<String>,
    /// Tables inside each other: only the outermost are sheets.
    tables: usize,
    row: u64,
    cell: Option<Cell>,
    /// Elements inside a cell whose text is not the cell's (remarks, drawings).
    aside: usize,
}

impl State {
    fn start(
        &mut self,
        element: &BytesStart<'_>,
        file: &str,
        take: &mut dyn FnMut(Step<'_>) -> Result<bool, Refusal>,
    ) -> Result<bool, Refusal> {
        let value = |key: &str| attribute(element, key, file);
        let count =
            |key: &str| Ok::<_, Refusal>(value(key)?.and_then(|text| text.parse().ok()).unwrap_or(1_u64));
        match element.name().0 {
            _ if self.aside > 0 => self.aside += 1,
            "style:style" => self.style = value("style:name")?,
            "style:table-properties" if value("table:display")?.as_deref() == Some("false") => {
                self.hidden.extend(self.style.take());
            }
            "table:table" => {
                self.tables += 1;
                if self.tables == 1 {
                    let name = value("table:name")?.unwrap_or_default();
                    let hidden = value("table:style-name")?.is_some_and(|style| self.hidden.contains(&style));
                    return take(Step::Table { name: &name, hidden });
                }
            }
            "table:table-row" if self.tables == 1 => self.row = count("table:number-rows-repeated")?,
            "table:table-cell" | "table:covered-table-cell" if self.tables == 1 => {
                let repeated = count("table:number-columns-repeated")?;
                let mut cell = Cell::new(usize::try_from(repeated).unwrap_or(usize::MAX));
                for attribute in element.attributes() {
                    let attribute = attribute.map_err(|error| Refusal::damaged(file, error.to_string()))?;
                    let text = attribute
                        .normalized_value(XmlVersion::Implicit1_0)
                        .map_err(|error| Refusal::damaged(file, error.to_string()))?;
                    cell.attribute(attribute.key.0, &text);
                }
                self.cell = Some(cell);
            }
            "office:annotation" | "draw:frame" | "draw:custom-shape" if self.cell.is_some() => self.aside = 1,
            name => {
                if let Some(cell) = &mut self.cell {
                    match name {
                        "text:p" | "text:h" => cell.paragraph(),
                        "text:s" => cell.blanks(count("text:c")?),
                        "text:tab" => cell.text("\t"),
                        "text:line-break" => cell.text("\n"),
                        _ => {}
                    }
                }
            }
        }
        Ok(true)
    }

    fn end(
        &mut self,
        name: &str,
        take: &mut dyn FnMut(Step<'_>) -> Result<bool, Refusal>,
    ) -> Result<bool, Refusal> {
        if self.aside > 0 {
            self.aside -= 1;
            return Ok(true);
        }
        match name {
            "table:table" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    return take(Step::EndTable);
                }
            }
            "table:table-row" if self.tables == 1 => return take(Step::Row { repeated: self.row }),
            "table:table-cell" | "table:covered-table-cell" if self.tables == 1 => {
                if let Some(cell) = self.cell.take() {
                    return take(Step::Cell { repeated: cell.repeated, text: cell.into_text() });
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn text(&mut self, text: &str) -> bool {
        if let Some(cell) = &mut self.cell
            && self.aside == 0
        {
            cell.text(text);
        }
        true
    }
}

fn attribute(element: &BytesStart<'_>, key: &str, file: &str) -> Result<Option<String>, Refusal> {
    let damaged = |error: String| Refusal::damaged(file, error);
    let found = element.try_get_attribute(key).map_err(|error| damaged(error.to_string()))?;
    found
        .map(|found| {
            let value = found.normalized_value(XmlVersion::Implicit1_0);
            value.map(|value| value.into_owned()).map_err(|error| damaged(error.to_string()))
        })
        .transpose()
}
