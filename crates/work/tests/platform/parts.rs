//! Archives taken apart, to look into them and to spoil them.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    path::Path,
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::secret::hex;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// An archive taken apart, to be changed and put together again.
#[derive(Clone)]
pub struct Parts {
    pub members: BTreeMap<String, Vec<u8>>,
    pub manifest: Value,
}

impl Parts {
    pub fn of(path: &Path) -> Self {
        let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
        let mut members = BTreeMap::new();
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).unwrap();
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes).unwrap();
            members.insert(entry.name().unwrap().into_owned(), bytes);
        }
        let manifest = serde_json::from_slice(&members.remove("manifest.json").unwrap()).unwrap();
        Self { members, manifest }
    }

    /// Writes it, the manifest's sizes and sums made to fit where `honest`.
    pub fn write(mut self, path: &Path, honest: bool) {
        if honest {
            for (list, name) in [("tables", "name"), ("files", "key")] {
                for entry in self.manifest[list].as_array_mut().unwrap() {
                    let text = entry[name].as_str().unwrap();
                    let member = if list == "tables" {
                        format!("tables/{text}.jsonl")
                    } else {
                        format!("files/{text}")
                    };
                    let Some(bytes) = self.members.get(&member) else { continue };
                    entry["size"] = json!(bytes.len());
                    entry["sha256"] = json!(hex(&Sha256::digest(bytes)));
                    if list == "tables" {
                        entry["rows"] = json!(bytes.iter().filter(|byte| **byte == b'\n').count());
                    }
                }
            }
        }
        let mut zip = ZipWriter::new(File::create(path).unwrap());
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let manifest = serde_json::to_vec(&self.manifest).unwrap();
        for (name, bytes) in self.members.into_iter().chain([("manifest.json".to_owned(), manifest)]) {
            zip.start_file(name, options).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap();
    }

    pub fn table(&mut self, name: &str) -> &mut Value {
        self.manifest["tables"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .find(|table| table["name"] == name)
            .unwrap()
    }

    /// Changes each row of a table.
    pub fn rows(&mut self, table: &str, change: impl Fn(&mut Value)) {
        let bytes = self.members.get_mut(&format!("tables/{table}.jsonl")).unwrap();
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        for line in text.lines() {
            let mut row: Value = serde_json::from_str(line).unwrap();
            change(&mut row);
            bytes.extend(format!("{row}\n").bytes());
        }
    }
}
