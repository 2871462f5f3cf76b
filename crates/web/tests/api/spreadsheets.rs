//! Exports in LibreOffice: it opens them without a repair, shows what was exported in every cell, and runs nothing.

use std::path::Path;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::{
    exports,
    fixtures::Fixtures,
    harness::{Api, Tenant},
};

/// CSV as LibreOffice writes it: commas, quotes where needed, UTF-8, cells as they are shown.
const SHOWN: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false";
/// CSV as it opens it by itself: what looks like a number or a day becomes one, what looks like a formula would run.
const BY_ITSELF: &str = "--infilter=CSV:44,34,76,1";

/// Whether LibreOffice is on this machine.
fn is_here() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let here = std::env::split_paths(&path).any(|folder| folder.join("soffice").is_file());
    if !here {
        eprintln!("skipped: soffice is not on PATH (scripts/setup installs it)");
    }
    here
}

/// The rows that LibreOffice shows of a file, with a profile of its own.
async fn shown(folder: &Path, file: &str, infilter: Option<String>) -> Vec<Vec<String>> {
    let out = folder.join(format!("{file}-shown"));
    let ended = Command::new("soffice")
        .arg("--headless")
        .arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()))
        .args(infilter)
        .args(["--convert-to", SHOWN, "--outdir"])
        .arg(&out)
        .arg(folder.join(file))
        .output()
        .await
        .unwrap();
    assert!(ended.status.success(), "{file}: {}", String::from_utf8_lossy(&ended.stderr));
    let name = Path::new(file).with_extension("csv");
    let told = String::from_utf8_lossy(&ended.stderr);
    rows(&std::fs::read(out.join(name)).unwrap_or_else(|error| panic!("{file}: {error}: {told}")))
}

fn rows(text: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The file of an export.
async fn exported(api: &Api, tenant: &Tenant, mut input: Value, entity: &str) -> Vec<u8> {
    input["entity"] = json!(entity);
    let asked = api.post("/api/v1/export_jobs/request").token(&tenant.token).json(&input).go().await;
    let id = exports::id(asked);
    let told = exports::ended(api, &tenant.token, &id).await;
    assert_eq!(told["status"], "completed", "{told}");
    exports::file(api, &tenant.token, &id).await.expect(200).body.to_vec()
}

/// What a cell of a workbook shows of a value: texts as they are, numbers perhaps with other digits.
fn is_shown(column: &str, value: &str, cell: &str) -> bool {
    const TEXTS: [&str; 8] = ["code", "name", "phone", "postal_code", "city", "state", "notes", "number"];
    let number = |text: &str| text.replace(',', "").parse::<f64>().ok();
    cell == value
        || !TEXTS.contains(&column)
            && (number(value).is_some() && number(value) == number(cell)
                || ["true", "false"].contains(&value) && cell.eq_ignore_ascii_case(value))
}

#[tokio::test]
async fn libreoffice_shows_every_cell_as_it_was_exported() {
    if !is_here() {
        return;
    }
    let (api, tenant) = Api::with_tenant().await;
    for customer in [
        json!({ "code": "0012", "name": "=1+1", "phone": "+66 81 234 5678", "postal_code": "02108", "credit_limit": "1234567.50" }),
        json!({ "code": "1E5", "name": "ร้านดอกไม้ \"บัว\"", "phone": "030-0074321", "city": "-5", "notes": "first line\nsecond, and\n=3+4" }),
        json!({ "code": "2026-01-02", "name": "@SUM(A1:A9)", "city": "+cmd|' /C calc'!A0", "notes": "=HYPERLINK(\"https://b.example\")" }),
        json!({ "code": "000123456789012345678", "name": "-2+3", "state": "1/2", "notes": "\ttab, 'quote'" }),
    ] {
        api.post("/api/v1/customers").token(&tenant.token).json(&customer).go().await.expect(201);
    }
    let mut fixtures = Fixtures::new(&api.db);
    for (entity, stated) in [
        ("invoices", json!({ "number": "00301", "issued_on": "2026-02-03", "due_on": "2026-12-31" })),
        ("inventory_movements", json!({ "quantity": "-3.250" })),
        ("inventory_movements", json!({ "quantity": "12345.000" })),
    ] {
        let entity = model::registry::entity(entity).unwrap();
        fixtures.record_with(tenant.id, entity, stated.as_object().unwrap().clone()).await;
    }

    let folder = tempfile::tempdir().unwrap();
    for entity in ["customers", "invoices", "inventory_movements"] {
        let meant = rows(&exported(&api, &tenant, json!({ "raw": true }), entity).await);
        let header = meant[0].clone();

        let name = format!("{entity}.xlsx");
        std::fs::write(
            folder.path().join(&name),
            exported(&api, &tenant, json!({ "format": "xlsx" }), entity).await,
        )
        .unwrap();
        let cells = shown(folder.path(), &name, None).await;
        assert_eq!((&cells[0], cells.len()), (&header, meant.len()), "{name}");
        for (row, meant) in cells.iter().zip(&meant).skip(1) {
            for (column, (cell, value)) in header.iter().zip(row.iter().zip(meant)) {
                assert!(is_shown(column, value, cell), "{name}, {column}: {cell:?} for {value:?}");
            }
        }

        let name = format!("{entity}.csv");
        let text = exported(&api, &tenant, json!({}), entity).await;
        std::fs::write(folder.path().join(&name), &text).unwrap();
        let guarded = rows(&text);
        // Every column as text: nothing is read otherwise than it is written.
        let texts: Vec<String> = (1..=header.len()).map(|column| format!("{column}/2")).collect();
        let cells = shown(folder.path(), &name, Some(format!("{BY_ITSELF},{}", texts.join("/")))).await;
        assert_eq!(cells, guarded, "{name}");
        // As it opens by itself: no cell is run, none is lost.
        let cells = shown(folder.path(), &name, Some(BY_ITSELF.to_owned())).await;
        assert_eq!(cells.len(), guarded.len());
        for (row, (guarded, meant)) in cells.iter().zip(guarded.iter().zip(&meant)) {
            for (cell, (guarded, meant)) in row.iter().zip(guarded.iter().zip(meant)) {
                let is_number = meant.parse::<f64>().is_ok();
                let runs = meant.starts_with(['=', '+', '-', '@', '\t']) && !is_number;
                assert!(
                    !runs || cell == guarded && guarded.starts_with('\''),
                    "{name}: {cell:?} for {meant:?}"
                );
            }
        }
    }
}
