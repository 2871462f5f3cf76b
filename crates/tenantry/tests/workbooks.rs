//! Workbooks read by the program in a process of its own, with bounds on memory and time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{io::Write, path::PathBuf, process::Command, sync::Arc, time::Instant};

use rust_xlsxwriter::Workbook;
use tabular::{Hints, Isolation, Limits, Member, Refusal};
use tenantry::workbooks::{Apart, CPU_SECONDS, MEMORY_MIB};

fn apart(memory_mib: u64, cpu_seconds: u64) -> Option<Arc<dyn Isolation>> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tenantry"));
    Some(Arc::new(Apart::new(program, memory_mib, cpu_seconds)))
}

fn read(bytes: &[u8], isolation: Option<Arc<dyn Isolation>>) -> Result<Vec<tabular::Row>, Refusal> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let limits = Limits { ratio: 1 << 20, ..Limits::default() };
    let members = tabular::open_with(file.path(), "book.bin", &limits, &Hints::default(), isolation)?;
    members.iter().map(Member::sheets).find_map(Result::err).map_or(Ok(()), Err)?;
    members[0].rows(0)?.collect()
}

fn book(rows: u32, wide: usize) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["Name", "Qty"].into_iter().enumerate() {
        sheet.write_string(0, column as u16, name).unwrap();
    }
    for row in 1..=rows {
        sheet.write_string(row, 0, format!("ชื่อ {row:0>wide$}")).unwrap();
        sheet.write_number(row, 1, f64::from(row) / 4.0).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// An OpenDocument spreadsheet whose only row is repeated a million times.
fn endless() -> Vec<u8> {
    let content = r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="A"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="999"><text:p>swell</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content),
        ("META-INF/manifest.xml", "<manifest/>"),
    ] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn rows_are_those_that_are_read_in_this_process() {
    let bytes = book(3_000, 1);
    let rows = read(&bytes, apart(MEMORY_MIB, CPU_SECONDS)).unwrap();
    assert_eq!(rows.len(), 3_000);
    assert_eq!(rows, read(&bytes, None).unwrap());
}

#[test]
fn a_workbook_that_needs_too_much_memory_is_refused() {
    // The program itself has room in the bound, the names of the rows have not.
    let bytes = book(100_000, 1_000);
    let refusal = read(&bytes, apart(80, CPU_SECONDS)).unwrap_err();
    assert_eq!(refusal.code(), "file_damaged");
    assert!(refusal.to_string().contains("out of memory or time"), "{refusal}");
    assert_eq!(read(&bytes, apart(MEMORY_MIB, CPU_SECONDS)).unwrap().len(), 100_000);
}

#[test]
fn a_workbook_that_needs_too_much_time_is_refused() {
    let start = Instant::now();
    let refusal = read(&endless(), apart(MEMORY_MIB, 1)).unwrap_err();
    assert!(refusal.to_string().contains("out of memory or time"), "{refusal}");
    assert!(start.elapsed().as_secs() < 50, "{:?}", start.elapsed());
}

#[test]
fn the_reader_ends_with_whoever_wanted_rows() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), endless()).unwrap();
    let (limits, hints) = (Limits::default(), Hints::default());
    let members =
        tabular::open_with(file.path(), "a.ods", &limits, &hints, apart(MEMORY_MIB, CPU_SECONDS)).unwrap();
    let mut rows = members[0].rows(0).unwrap();
    assert_eq!(rows.next_chunk(10).unwrap().len(), 10);
    drop(rows);
    let path = file.path().to_str().unwrap();
    let listed = Command::new("pgrep").args(["-f", path]).output();
    if let Ok(listed) = listed {
        assert_eq!(String::from_utf8_lossy(&listed.stdout), "");
    }
}

#[test]
fn the_hidden_command_refuses_what_the_program_does_not_say() {
    for args in
        [&[][..], &["1", "2", "pdf"], &["x", "y", "xlsx", "all", "1", "1", "1", "1", "1", "1", "/etc/passwd"]]
    {
        let done =
            Command::new(env!("CARGO_BIN_EXE_tenantry")).arg("read-workbook").args(args).output().unwrap();
        assert!(!done.status.success());
        assert!(done.stdout.is_empty());
    }
}
