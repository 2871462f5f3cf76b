//! Lists the SQL files that are built into the program, so that adding a migration is adding a file.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut code = String::new();
    for (list, folder) in [("MIGRATIONS", "migrations"), ("REPLACEABLE", "sql")] {
        println!("cargo::rerun-if-changed={folder}");
        let names = sql_files(&Path::new(&root).join(folder))?;
        writeln!(code, "const {list}: &[(&str, &str)] = &[").map_err(io::Error::other)?;
        for name in names {
            // The path is put together where it is used, so that a copied build folder never reads another checkout.
            let path = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{folder}/{name}\")");
            writeln!(code, "    ({name:?}, include_str!({path})),").map_err(io::Error::other)?;
        }
        writeln!(code, "];").map_err(io::Error::other)?;
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("sql_files.rs"), code)
}

fn sql_files(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
