//! Workbooks of formats that no library at hand writes, record by record.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

/// A value for a cell of a written workbook.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    Text(&'a str),
    Number(f64),
    /// A number shown as a day, by its serial.
    Day(f64),
    /// A number shown as hours beyond a day.
    Hours(f64),
    Truth(bool),
}

use Value::{Day, Hours, Number, Text, Truth};

/// A ZIP of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A record of an old workbook: kind, size, body.
pub fn biff(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &(body.len() as u16).to_le_bytes(), body].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The stream of a workbook with one sheet (MS-XLS), with the records of `extra` in its globals.
pub fn workbook_stream(rows: &[&[Value<'_>]], extra: &[u8]) -> Vec<u8> {
    let bof = |kind: u16| {
        biff(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 4], &[0; 8]].concat())
    };
    let xf = |format: u16| biff(0x00E0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat());
    let mut globals = [bof(5), biff(0x0042, &1200_u16.to_le_bytes()), extra.to_vec()].concat();
    // General, a day with its time, hours beyond a day.
    globals.extend([xf(0), xf(22), xf(46)].concat());
    let name = [&[5, 1][..], &utf16("Stock")].concat();
    let place = globals.len() + 4 + 6 + name.len() + 4;
    globals.extend(biff(0x0085, &[&(place as u32).to_le_bytes()[..], &[0, 0], &name].concat()));
    globals.extend(biff(0x000A, &[]));
    let mut sheet = bof(0x10);
    let bounds = [0, rows.len() as u32].map(u32::to_le_bytes).concat();
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(0) as u16;
    sheet.extend(biff(0x0200, &[&bounds[..], &[0, 0], &columns.to_le_bytes(), &[0, 0]].concat()));
    for (row, cells) in rows.iter().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let head = |format: u16| [row as u16, column as u16, format].map(u16::to_le_bytes).concat();
            let number =
                |format, number: f64| biff(0x0203, &[&head(format)[..], &number.to_le_bytes()].concat());
            sheet.extend(match *value {
                Text(text) => {
                    let count = (text.encode_utf16().count() as u16).to_le_bytes();
                    biff(0x0204, &[&head(0)[..], &count, &[1], &utf16(text)].concat())
                }
                Number(value) => number(0, value),
                Day(serial) => number(1, serial),
                Hours(serial) => number(2, serial),
                Truth(truth) => biff(0x0205, &[&head(0)[..], &[u8::from(truth), 0]].concat()),
            });
        }
    }
    sheet.extend(biff(0x000A, &[]));
    [globals, sheet].concat()
}

/// A compound file with these streams.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        if let Some((folder, _)) = name.trim_start_matches('/').split_once('/') {
            file.create_storage(format!("/{folder}")).unwrap();
        }
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// An Excel 97–2003 workbook with one sheet.
pub fn xls(rows: &[&[Value<'_>]]) -> Vec<u8> {
    compound(&[("/Workbook", &workbook_stream(rows, &[]))])
}

/// A record of a binary workbook (MS-XLSB 2.1.4): kind and size in steps of seven bits.
fn brt(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut record = if kind < 128 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
    let mut size = body.len();
    while size > 127 {
        record.push(size as u8 | 0x80);
        size >>= 7;
    }
    record.push(size as u8);
    record.extend(body);
    record
}

fn wide(text: &str) -> Vec<u8> {
    [&(text.encode_utf16().count() as u32).to_le_bytes()[..], &utf16(text)].concat()
}

/// A binary workbook with one sheet.
pub fn xlsb(rows: &[&[Value<'_>]]) -> Vec<u8> {
    let bundle = [&[0; 4][..], &1_u32.to_le_bytes(), &wide("rId1"), &wide("Stock")].concat();
    let book = [brt(0x83, &[]), brt(0x8F, &[]), brt(0x9C, &bundle), brt(0x90, &[]), brt(0x84, &[])].concat();
    let xf = |format: u16| brt(0x2F, &[&[0, 0][..], &format.to_le_bytes(), &[0; 12]].concat());
    let count = 3_u32.to_le_bytes();
    let styles = [brt(0x116, &[]), brt(0x269, &count), xf(0), xf(22), xf(46), brt(0x26A, &[])].concat();
    let bounds = [0, rows.len() as u32, 0, 5].map(u32::to_le_bytes).concat();
    let mut sheet = [brt(0x81, &[]), brt(0x94, &bounds), brt(0x91, &[])].concat();
    for (row, cells) in rows.iter().enumerate() {
        sheet.extend(brt(0x00, &[&(row as u32).to_le_bytes()[..], &[0; 13]].concat()));
        for (column, value) in cells.iter().enumerate() {
            let head = |format: u32| [column as u32, format].map(u32::to_le_bytes).concat();
            let number =
                |format, number: f64| brt(0x05, &[&head(format)[..], &number.to_le_bytes()].concat());
            sheet.extend(match *value {
                Text(text) => brt(0x06, &[&head(0)[..], &wide(text)].concat()),
                Number(value) => number(0, value),
                Day(serial) => number(1, serial),
                Hours(serial) => number(2, serial),
                Truth(truth) => brt(0x04, &[&head(0)[..], &[u8::from(truth)]].concat()),
            });
        }
    }
    sheet.extend([brt(0x92, &[]), brt(0x82, &[])].concat());
    let rels = br#"<?xml version="1.0"?><Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>"#;
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/_rels/workbook.bin.rels", rels),
        ("xl/workbook.bin", &book),
        ("xl/styles.bin", &styles),
        ("xl/worksheets/sheet1.bin", &sheet),
    ])
}

/// An OpenDocument spreadsheet with this inside its body.
pub fn ods_with(body: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:draw="d"><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"#
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest/>"),
    ])
}
