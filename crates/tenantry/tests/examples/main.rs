//! The files of `examples/` are what these makers make. `TENANTRY_WRITE_EXAMPLES=1` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod customers;
mod orders;
mod products;

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    path::PathBuf,
};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Every example: name and content.
fn examples() -> Vec<(&'static str, Vec<u8>)> {
    let mut examples = vec![
        ("customers-874.csv", customers::file()),
        ("products.xlsx", products::file()),
        ("orders.csv", orders::file()),
    ];
    let archive = archive(&examples);
    examples.push(("everything.zip", archive));
    examples
}

/// All files in one archive, in a folder, orders first: links are found in any order.
fn archive(members: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, content) in members.iter().rev() {
        zip.start_file(format!("export/{name}"), options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The files in a file, unpacked; of a workbook the cells. How a writer packs and numbers its parts depends on the
/// features it was built with, what is in them does not.
fn unpacked(name: &str, content: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    if name.ends_with(".xlsx") {
        return BTreeMap::from([(name.to_owned(), cells(name, &content).into_bytes())]);
    }
    if !name.ends_with(".zip") {
        return BTreeMap::from([(name.to_owned(), content)]);
    }
    let mut zip = ZipArchive::new(Cursor::new(content)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).unwrap();
        let path = format!("{name}/{}", member.name().unwrap());
        let mut content = vec![];
        member.read_to_end(&mut content).unwrap();
        files.extend(unpacked(&path, content));
    }
    files
}

/// Every sheet with its name, header and rows, as text.
fn cells(name: &str, content: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    let members =
        tabular::open(file.path(), name, &tabular::Limits::default(), &tabular::Hints::default()).unwrap();
    let mut text = String::new();
    for (index, sheet) in members[0].sheets().unwrap().iter().enumerate() {
        let headers: Vec<_> = sheet.columns.iter().map(|column| &column.header).collect();
        text.push_str(&format!("{} {headers:?}\n", sheet.name));
        for row in members[0].rows(index).unwrap() {
            let row = row.unwrap();
            text.push_str(&format!("{} {:?}\n", row.number, row.cells));
        }
    }
    text
}

#[test]
fn the_committed_examples_are_what_their_makers_make() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for (name, content) in examples() {
        let path = folder.join(name);
        if std::env::var_os("TENANTRY_WRITE_EXAMPLES").is_some() {
            std::fs::write(&path, &content).unwrap();
        }
        let committed = std::fs::read(&path).unwrap();
        assert!(
            unpacked(name, committed) == unpacked(name, content),
            "{name} is not what its maker makes; TENANTRY_WRITE_EXAMPLES=1 writes it anew"
        );
    }
}
