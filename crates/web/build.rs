//! Packs what browsers load into the binary: own style sheets and script, and what the allow-list takes from npm.
//!
//! Each file gets a name with the hash of its content, so that browsers may keep it for ever, and a brotli copy. The
//! generated module holds a table of them all and one constant for each, so a file that is not there does not compile.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// What is taken from npm: its name here, and where it lies in `node_modules`.
const PACKAGES: &[(&str, &str)] = &[
    ("htmx.js", "htmx.org/dist/htmx.min.js"),
    ("inter.woff2", "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"),
    ("thai.woff2", "@fontsource-variable/noto-sans-thai/files/noto-sans-thai-thai-wght-normal.woff2"),
];
/// The set from which icons are drawn.
const ICON_SET: &str = "@iconify-json/lucide/icons.json";
/// Own sheets and scripts that a page loads beside the others, in `assets/parts`.
const PARTS: &[&str] =
    &["cells.css", "cells.js", "grid.css", "grid.js", "merge.css", "portal.css", "portal.js"];
/// Where own style sheets lie, in the order of their layers.
const STYLES: &[&str] = &["", "components", "pages"];

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let crate_root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = crate_root.join("../..");
    let own = crate_root.join("assets");
    let packages = root.join("node_modules");
    for watched in [own.clone(), root.join("package-lock.json"), packages.join(".package-lock.json")] {
        println!("cargo:rerun-if-changed={}", watched.display());
    }
    if !packages.join(PACKAGES[0].1).is_file() {
        return Err("the pages' npm packages are missing: run `npm ci --ignore-scripts` once".into());
    }
    let mut pack = Pack::new(PathBuf::from(env::var("OUT_DIR")?));
    for (name, place) in PACKAGES {
        pack.put(name, &read(&packages.join(place))?)?;
    }
    pack.put("favicon.svg", &read(&own.join("favicon.svg"))?)?;
    pack.put("icons.svg", sprite(&packages.join(ICON_SET), &own.join("icons.txt"))?.as_bytes())?;
    let styles = styles(&own.join("css"), &pack)?;
    pack.put("app.css", styles.as_bytes())?;
    pack.put("app.js", script(&own.join("js"))?.as_bytes())?;
    // What only some pages load.
    for name in PARTS {
        let text = String::from_utf8(read(&own.join("parts").join(name))?)?;
        let text = if name.ends_with(".css") { bare_style(&text) } else { bare_script(&text) };
        pack.put(name, text.as_bytes())?;
    }
    pack.write(&licenses(&root)?)
}

/// The files put so far.
struct Pack {
    out: PathBuf,
    files: Vec<(String, String)>,
    table: String,
}

impl Pack {
    fn new(out: PathBuf) -> Self {
        Self { out, files: vec![], table: String::new() }
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Done<()> {
        let (stem, extension) = name.rsplit_once('.').ok_or("a file without extension")?;
        let mut hash = String::new();
        for byte in Sha256::digest(bytes).iter().take(5) {
            write!(hash, "{byte:02x}")?;
        }
        let hashed = format!("{stem}.{hash}.{extension}");
        fs::write(self.out.join(&hashed), bytes)?;
        let packed = if extension == "woff2" {
            "None".to_owned()
        } else {
            let mut packed = vec![];
            brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 22).write_all(bytes)?;
            fs::write(self.out.join(format!("{hashed}.br")), &packed)?;
            format!("Some(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{hashed}.br\")))")
        };
        let kind = match extension {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "font/woff2",
        };
        writeln!(
            self.table,
            "    Asset {{ name: {hashed:?}, kind: {kind:?}, raw: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{hashed}\")), packed: {packed} }},"
        )?;
        self.files.push((name.to_owned(), hashed));
        Ok(())
    }

    /// Writes the module that the program includes.
    fn write(&self, licenses: &str) -> Done<()> {
        let mut module = format!("/// Every file.\npub static ASSETS: &[Asset] = &[\n{}];\n", self.table);
        for (name, hashed) in &self.files {
            let constant = name.replace('.', "_").to_uppercase();
            writeln!(module, "/// The address of `{name}`.\npub const {constant}: &str = \"/a/{hashed}\";")?;
        }
        writeln!(module, "/// Name, version and license of each package that is packed in.")?;
        writeln!(module, "pub static LICENSES: &[(&str, &str, &str)] = &[{licenses}];")?;
        Ok(fs::write(self.out.join("assets.rs"), module)?)
    }
}

/// One sheet out of many, without comments and indentation, the addresses of fonts filled in.
fn styles(folder: &Path, pack: &Pack) -> Done<String> {
    let mut sheet = String::from("@layer reset, tokens, base, layout, components, pages;\n");
    for part in STYLES {
        for file in sorted(&folder.join(part), "css")? {
            sheet.push_str(&bare_style(&String::from_utf8(read(&file)?)?));
        }
    }
    for (name, hashed) in &pack.files {
        sheet = sheet.replace(&format!("asset:{name}"), &format!("/a/{hashed}"));
    }
    Ok(sheet)
}

/// A sheet without comments and indentation.
fn bare_style(text: &str) -> String {
    let text = without_comments(text);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// A script without comments and indentation.
fn bare_script(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        bare.push_str(part.split_once("*/").map_or("", |(_, rest)| rest));
    }
    bare
}

/// One module out of the files of the script, in the order of their names, without comments and indentation.
fn script(folder: &Path) -> Done<String> {
    let mut module = String::new();
    for file in sorted(folder, "js")? {
        module.push_str(&bare_script(&String::from_utf8(read(&file)?)?));
    }
    Ok(module)
}

/// The icons of the list as symbols of one picture.
fn sprite(set: &Path, list: &Path) -> Done<String> {
    let set: Value = serde_json::from_slice(&read(set)?)?;
    let list = String::from_utf8(read(list)?)?;
    let mut sprite = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">");
    for name in list.split_whitespace() {
        let parent = set["aliases"][name]["parent"].as_str().unwrap_or(name);
        let body = set["icons"][parent]["body"].as_str().ok_or(format!("there is no icon {name}"))?;
        // The style sheet says how lines look.
        let body = body.replace(" stroke-width=\"2\"", "").replace(" stroke=\"currentColor\"", "");
        write!(sprite, "<symbol id=\"{name}\" viewBox=\"0 0 24 24\">{body}</symbol>")?;
    }
    sprite.push_str("</svg>");
    Ok(sprite)
}

/// Name, version and license of what is packed in, as the packages themselves say.
fn licenses(root: &Path) -> Done<String> {
    let wanted: Value = serde_json::from_slice(&read(&root.join("package.json"))?)?;
    let mut lines = String::new();
    for name in wanted["dependencies"].as_object().into_iter().flat_map(|packages| packages.keys()) {
        let package: Value =
            serde_json::from_slice(&read(&root.join("node_modules").join(name).join("package.json"))?)?;
        let text = |member: &str| package[member].as_str().unwrap_or_default().to_owned();
        write!(lines, "({name:?}, {:?}, {:?}), ", text("version"), text("license"))?;
    }
    Ok(lines)
}

fn sorted(folder: &Path, extension: &str) -> Done<Vec<PathBuf>> {
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Done<Vec<u8>> {
    fs::read(path).map_err(|error| {
        format!("{}: {error}; run `npm ci --ignore-scripts` where a package is missing", path.display())
            .into()
    })
}
