//! Shows what is found about files and their first rows: `cargo run --package tabular --example look -- FILE…`

use std::path::Path;

use tabular::{Hints, Limits, Refusal};

fn main() {
    for path in std::env::args().skip(1) {
        if let Err(refusal) = look(Path::new(&path)) {
            println!("refused ({}): {refusal}", refusal.code());
        }
    }
}

fn look(path: &Path) -> Result<(), Refusal> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for member in tabular::open(path, &name, &Limits::default(), &Hints::default())? {
        for sheet in member.sheets()? {
            println!(
                "{}: {} ({:?}), header in rows {:?}",
                member.name, sheet.name, member.kind, sheet.header_rows
            );
            if let (Some(encoding), Some(dialect)) = (&sheet.encoding, &sheet.dialect) {
                println!("  {} {:?}", encoding.name, dialect.dialect);
            }
            let profile = member.profile(sheet.index)?;
            println!("  {} rows, {} of them with a defect", profile.rows, profile.defects);
            for column in &profile.columns {
                println!("  {}: {:?}, e.g. {:?}", column.key, column.kind, column.samples);
            }
            for row in member.rows(sheet.index)?.next_chunk(3)? {
                println!("  {} {:?} {:?}", row.number, row.cells, row.defect);
            }
        }
    }
    Ok(())
}
