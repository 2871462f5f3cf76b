//! Workbooks read in another process; here at the far end of a pipe.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tabular::{Hints, Isolation, Limits, Order, Running};

use crate::desk::put;
use crate::workbooks::workbook;
use crate::writers::ods_with;

/// Serves orders from their arguments; may write no more than some bytes, as a process does that dies.
#[derive(Debug, Default)]
struct Pipe {
    cut: Option<u64>,
    stopped: Arc<AtomicUsize>,
}

impl Isolation for Pipe {
    fn start(&self, order: &Order) -> io::Result<Running> {
        let args: Vec<OsString> = order.to_args();
        let told = Order::from_args(&args).ok_or(io::ErrorKind::InvalidInput)?;
        assert_eq!(told.path(), order.path());
        let (reader, writer) = io::pipe()?;
        std::thread::spawn(move || told.serve(writer));
        let stopped = self.stopped.clone();
        Ok(Running {
            output: match self.cut {
                Some(cut) => Box::new(reader.take(cut)),
                None => Box::new(reader),
            },
            stop: Box::new(move || {
                stopped.fetch_add(1, Ordering::SeqCst);
            }),
        })
    }
}

fn book() -> Vec<u8> {
    workbook(|sheet| {
        for (column, name) in ["Name", "Qty", "Note"].into_iter().enumerate() {
            sheet.write_string(0, column as u16, name).unwrap();
        }
        for row in 1..=3_000 {
            sheet.write_string(row, 0, format!("ชื่อ {row}")).unwrap();
            sheet.write_number(row, 1, f64::from(row)).unwrap();
        }
        sheet.write_string(7, 2, "x\n\"y\"").unwrap();
    })
}

#[test]
fn rows_come_through_as_they_are_read_here() {
    for bytes in [
        book(),
        ods_with(
            r#"<table:table table:name="A"><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>"#,
        ),
    ] {
        let desk = put(bytes);
        let pipe = Arc::new(Pipe::default());
        let (limits, hints) = (Limits::default(), Hints::default());
        let here = tabular::open(&desk.path, "book", &limits, &hints).unwrap();
        let there = tabular::open_with(&desk.path, "book", &limits, &hints, Some(pipe.clone())).unwrap();
        assert_eq!(here[0].sheets().unwrap(), there[0].sheets().unwrap());
        let rows = |member: &tabular::Member| member.rows(0).unwrap().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(rows(&here[0]), rows(&there[0]));
        assert_eq!(pipe.stopped.load(Ordering::SeqCst), 2);
        drop(there[0].rows(0).unwrap());
        assert_eq!(pipe.stopped.load(Ordering::SeqCst), 3);
    }
}

#[test]
fn a_reader_that_dies_refuses_the_file() {
    let desk = put(book());
    for cut in [0, 1, 100, 5_000, 20_000] {
        let pipe = Arc::new(Pipe { cut: Some(cut), ..Pipe::default() });
        let members =
            tabular::open_with(&desk.path, "book.xlsx", &Limits::default(), &Hints::default(), Some(pipe))
                .unwrap();
        let refusal = members[0].sheets().unwrap_err();
        assert_eq!(refusal.code(), "file_damaged");
        assert!(refusal.to_string().contains("ran out of memory or time"), "{refusal}");
    }
}

#[test]
fn refusals_come_through_with_the_name_of_the_file() {
    let wide = workbook(|sheet| {
        sheet.write_string(0, 0, "a").unwrap();
        sheet.write_string(4, 1_200, "b").unwrap();
    });
    let desk = put(wide);
    let (limits, hints) = (Limits::default(), Hints::default());
    let refusal = |isolation| {
        let members = tabular::open_with(&desk.path, "wide.xlsx", &limits, &hints, isolation).unwrap();
        members[0].sheets().unwrap_err()
    };
    assert_eq!(refusal(Some(Arc::new(Pipe::default()) as Arc<dyn Isolation>)), refusal(None));
    assert_eq!(refusal(None).code(), "sheet_too_many_columns");
}

#[test]
fn orders_that_are_none_are_not_served() {
    for args in [
        &[][..],
        &["xlsx"],
        &["pdf", "all", "1", "1", "1", "1", "1", "1", "x"],
        &["xls", "all", "-1", "1", "1", "1", "1", "1", "x"],
    ] {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        assert_eq!(Order::from_args(&args), None);
    }
    let args = ["xls", "0", "1", "1", "1", "1", "1", "1", "/nowhere/at/all"].map(OsString::from);
    let mut out = Vec::new();
    Order::from_args(&args).unwrap().serve(&mut out).unwrap();
    assert_eq!(out.first(), Some(&5));
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    assert!(Order::from_args(&args).unwrap().serve(Full).is_err());
}
