//! Imports: the form of an upload, the report on a set of files, its rows.

use serde_json::{Value, json};
use work::import::DATA_TYPES;

use super::{
    paths::{json_answer, json_body, text},
    reference,
};
use crate::routes::Import;

/// One address of imports.
pub fn described(import: Import) -> Value {
    match import {
        Import::List => plain(
            "list_imports",
            "List imports",
            "The sets of files, newest first; filters as of `/api/v1/import_batches`.",
            json_answer("A page of imports.", listed()),
        ),
        Import::Sample => sampled(),
        Import::Receive => receive(),
        Import::Get => on_one(
            "get_import",
            "Get an import",
            "How the set stands: counts, and of each file mapping, notes and errors by kind.",
            json_answer("The import.", report()),
        ),
        Import::Rows => rows(
            "list_imported_rows",
            "List the rows of an import",
            json_answer("A page of rows.", page_of_rows()),
        ),
        Import::Errors => {
            let mut answer = json_answer("The rows with errors.", page_of_rows());
            answer["content"]["text/csv"] = json!({ "schema": { "type": "string" } });
            rows("list_imported_errors", "List the rows with errors", answer)
        }
        Import::ErrorFile => on_one(
            "get_import_error_file",
            "The rows with errors as a file",
            "In the original's layout with what is wrong, to be corrected and imported again.",
            text("text/csv", "The error file."),
        ),
        Import::Map => mapped(),
        Import::Validate => step(
            "validate_import",
            "Check an import",
            "Stages every row and tells what a commit would do. Nothing is written outside the import.",
            None,
        ),
        Import::Fix => fixed(),
        Import::Commit => step(
            "commit_import",
            "Commit an import",
            "Writes what the check foretold; also approves it. Takes `imports.commit` and the permission to import each kind of record.",
            None,
        ),
        Import::Resume => step(
            "resume_import", "Go on with an import", "Takes up work that a process left in the middle.", None,
        ),
        Import::Cancel => step(
            "cancel_import",
            "Stop an import",
            "A commit stops after the chunk at work. What is written stays and can be undone.",
            None,
        ),
        Import::Undo => step(
            "undo_import",
            "Take an import back",
            "Removes what was created and restores what was changed. Records that changed since are left alone unless `force` is true.",
            Some("force"),
        ),
    }
}

fn plain(id: &str, summary: &str, about: &str, answer: Value) -> Value {
    json!({ "operationId": id, "summary": summary, "description": about, "responses": { "200": answer } })
}

fn sampled() -> Value {
    let kinds: Vec<&str> = DATA_TYPES.iter().map(|kind| kind.name).collect();
    let mut answer = text("text/csv", "The file.");
    answer["content"]["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] =
        json!({ "schema": { "type": "string", "format": "binary" } });
    let mut operation = plain(
        "get_import_sample",
        "A file to fill in",
        "The columns of a data type, what each takes, and a record to begin with. It can be imported as it is: the row that says what columns take is left out by its `(?)`.",
        answer,
    );
    operation["parameters"] = json!([
        { "name": "data_type", "in": "query", "required": true, "description": "What it is of.",
          "schema": { "type": "string", "enum": kinds }, "example": "customers" },
        { "name": "format", "in": "query", "schema": { "type": "string", "enum": ["csv", "xlsx"], "default": "csv" } },
    ]);
    operation
}

fn on_one(id: &str, summary: &str, about: &str, answer: Value) -> Value {
    let mut operation = plain(id, summary, about, answer);
    operation["parameters"] = json!([reference("parameters", "Id")]);
    operation
}

/// Work that may take long.
fn step(id: &str, summary: &str, about: &str, flag: Option<&str>) -> Value {
    let mut operation = on_one(id, summary, about, json_answer("It is done.", report()));
    let mut goes_on = json_answer("It goes on; the address of the import tells how far.", report());
    goes_on["headers"] = json!({ "Location": reference("headers", "Location") });
    operation["responses"]["202"] = goes_on;
    if let Some(flag) = flag {
        let properties = json!({ flag: { "type": "boolean", "default": false } });
        let body = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        operation["requestBody"] = json_body(body, None);
        operation["requestBody"]["required"] = false.into();
    }
    operation
}

fn mapped() -> Value {
    let body = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "template": { "type": "string", "description": "Reads the files of the whole import anew by this template, or by `none`." },
            "add": { "type": "string", "description": "Reads the file for a further kind of record, of which each row tells too." },
            "remove": { "type": "boolean", "default": false, "description": "No longer reads the file for this kind of record." },
            "data_type": { "type": "string", "description": "What the file holds." },
            "mapping": { "type": "object", "description": "Header → field, null, or `{field, steps, decimal, date_order, buddhist}`." },
            "set": { "type": "object", "description": "Field → value for every row, null, or `{from, with, steps, decimal, date_order, buddhist}`." },
            "key": { "type": "array", "items": { "type": "string" }, "description": "Headers: rows with the same cells there tell of one record." },
        },
    });
    let mut operation = on_one(
        "map_import",
        "Map an import's file",
        "Takes the batch of one file; of an import with one file, that of the import too. The rows need to be checked again. `template`, `add` and `remove` are said one at a time.",
        json_answer("The import.", report()),
    );
    operation["requestBody"] = json_body(
        body,
        Some(json!({ "mapping": { "Client": "customers.name" }, "set": { "customers.country": "US" } })),
    );
    operation["requestBody"]["required"] = false.into();
    operation
}

fn fixed() -> Value {
    let body = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "row": { "type": "integer", "description": "The row's number in the file." },
            "column": { "type": ["string", "integer"], "description": "A header, or the place of a column from 0." },
            "value": { "type": ["string", "null"], "description": "As it would stand in the file; null takes a correction back." },
            "skip": { "type": "boolean", "description": "Leaves the row out, or takes it back." },
            "holds": { "type": "string", "description": "What cells of a kind hold." },
            "code": { "type": "string", "description": "The code of what is wrong with cells of a kind." },
            "preview": { "type": "boolean", "default": false, "description": "Answers `{rows}`, how many it would correct, and corrects none." },
        },
    });
    let mut operation = step(
        "fix_import",
        "Correct cells of an import",
        "Takes the batch of one file whose rows are checked; of an import with one file, that of the import too. `row`, `column` and `value` correct a cell; `row` and `skip` leave a row out; `column`, `holds`, `code` and `value` correct all cells of a kind. The file stays as it came. Only what follows from a correction is checked again, and an approval falls back.",
        None,
    );
    operation["requestBody"] =
        json_body(body, Some(json!({ "row": 3, "column": "E-mail", "value": "name@example.com" })));
    operation
}

fn receive() -> Value {
    let kinds: Vec<&str> = DATA_TYPES.iter().filter(|kind| kind.offered).map(|kind| kind.name).collect();
    let form = json!({
        "type": "object",
        "required": ["file"],
        "additionalProperties": false,
        "properties": {
            "file": {
                "type": "array", "minItems": 1, "items": { "type": "string", "format": "binary" },
                "description": "CSV, TSV, XLSX or a ZIP of them; several make one set.",
            },
            "data_source": { "type": "string", "description": "The name or id of a data source that comes by upload: its template, format, mode, policy and empty cells hold where the form states none, and the import goes on by itself as far as it may.", "examples": ["New customers of the agency"] },
            "data_type": { "type": "string", "enum": kinds, "description": "What the files hold; found out where left out.", "examples": ["customers"] },
            "mode": { "type": "string", "enum": ["create", "update", "upsert"], "default": "upsert" },
            "policy": {
                "type": "string", "enum": ["all_or_nothing", "valid_rows"],
                "description": "What happens when some rows are bad. Where left out: all or nothing up to 50,000 rows.",
            },
            "empty_cells": { "type": "string", "enum": ["keep", "clear"], "default": "keep" },
            "restore": { "type": "boolean", "default": false, "description": "Restore archived records that the file names." },
            "template": { "type": "string", "description": "The name of a template; `none` for no template. Left out: the one made for the file's headers.", "examples": ["none"] },
            "mapping": { "type": "string", "description": "A JSON object of header → field, or of header → `{field, steps, decimal, date_order, buddhist}`, over what is found.", "examples": ["{\"Client\": \"customers.name\"}"] },
            "set": { "type": "string", "description": "A JSON object of field → value for every row, or of field → `{from, with, steps}` for a value of several columns.", "examples": ["{\"customers.country\": \"US\"}"] },
            "key": { "type": "string", "description": "A JSON array of headers: rows with the same cells there tell of one record.", "examples": ["[\"Store number\"]"] },
        },
    });
    let mut answer = json_answer("Stored, looked at and mapped.", report());
    answer["headers"] = json!({ "Location": reference("headers", "Location") });
    json!({
        "operationId": "receive_import",
        "summary": "Upload files to import",
        "description": "At most 512 MiB. Nothing is written to records before the commit. For a `data_source` the rows are checked at once, and written where nobody has to approve them.",
        "requestBody": { "required": true, "content": { "multipart/form-data": { "schema": form } } },
        "responses": { "201": answer },
    })
}

fn rows(id: &str, summary: &str, answer: Value) -> Value {
    let choice = |name: &str, values: &[&str]| json!({ "name": name, "in": "query", "schema": { "type": "string", "enum": values } });
    let mut operation = on_one(
        id,
        summary,
        "As they were read, with what becomes of each and what is wrong with it.",
        answer,
    );
    operation["parameters"] = json!([
        reference("parameters", "Id"),
        reference("parameters", "Limit"),
        json!({ "name": "after", "in": "query", "description": "`page.next` of an earlier answer.",
                "schema": { "type": "string", "format": "uuid" } }),
        choice("status", &["pending", "applied", "skipped", "failed"]),
        choice("action", &["create", "update", "unchanged"]),
        json!({ "name": "fixed", "in": "query", "description": "Those alone with a corrected cell, and those left out.",
                "schema": { "type": "boolean" } }),
    ]);
    operation
}

fn listed() -> Value {
    json!({ "type": "object", "required": ["data", "page"], "properties": {
        "data": { "type": "array", "items": reference("schemas", "ImportBatch") },
        "page": reference("schemas", "Page"),
    } })
}

fn page_of_rows() -> Value {
    json!({ "type": "object", "required": ["data", "page"], "properties": {
        "data": { "type": "array", "items": {
            "type": "object",
            "properties": {
                "id": { "type": "string", "format": "uuid" },
                "batch": { "type": "string", "format": "uuid" },
                "row": { "type": ["integer", "null"], "description": "Its number in the file, from 1." },
                "sheet": { "type": ["string", "null"] },
                "status": { "type": "string" },
                "action": { "type": ["string", "null"] },
                "cells": { "description": "As they stand in the file." },
                "fixed": { "type": "object", "description": "Corrected cells: place, from 0 → value." },
                "values": { "description": "As they were read." },
                "own": { "type": "integer", "description": "So many of the errors are the row's own; the others are of the records it stands on." },
                "errors": { "type": "array", "items": { "type": "object" } },
                "warnings": { "type": "array", "items": { "type": "object" } },
                "record": { "type": ["string", "null"], "format": "uuid", "description": "The record it was written to." },
            },
        } },
        "page": reference("schemas", "Page"),
    } })
}

fn report() -> Value {
    reference("schemas", "Import")
}

/// The report on a set of files.
pub fn schema() -> Value {
    let counts = ["rows", "created", "updated", "unchanged", "skipped", "failed"];
    let mut set = json!({
        "batch": { "type": "string", "format": "uuid" },
        "status": { "type": "string" },
        "policy": { "type": "string" },
        "data_source_id": { "type": ["string", "null"], "format": "uuid", "description": "The data source that it came of." },
        "needs_second_person": { "type": "boolean", "description": "The caller may not approve it, since they brought it in or corrected it, and the company wants two persons (`settings/imports`)." },
        "took_ms": { "type": ["integer", "null"] },
        "error": { "type": ["string", "null"], "description": "Why the set as a whole cannot be used." },
        "undone": { "type": ["object", "null"], "description": "What an undo did: removed, restored, conflicts." },
        "progress": { "type": ["object", "null"], "description": "How far the work is: phase, done, total." },
    });
    let mut file = json!({
        "batch": { "type": "string", "format": "uuid" },
        "file": { "type": "string" },
        "sheet": { "type": ["string", "null"] },
        "data_type": { "type": ["string", "null"] },
        "status": { "type": "string" },
        "mapping": { "type": ["object", "null"], "description": "Which column gives which field, and why." },
        "template": { "type": ["string", "null"], "description": "The template that the file is read by." },
        "ignored": { "type": "array", "items": { "type": "string" } },
        "fixed": { "type": "integer", "description": "Cells that people corrected." },
        "unknown": { "type": "array", "items": { "type": "object" }, "description": "Values that nothing is known for: column, field, value, records, choices." },
        "notes": { "type": "array", "items": { "type": "string" } },
        "errors": { "type": "array", "items": { "type": "object" }, "description": "What is wrong with rows, by kind." },
        "warnings": { "type": "array", "items": { "type": "object" }, "description": "What to know of good rows, and records that an undo left alone, by kind." },
        "error": { "type": ["string", "null"] },
    });
    for count in counts {
        set[count] = json!({ "type": "integer", "minimum": 0 });
        file[count] = json!({ "type": "integer", "minimum": 0 });
    }
    set["files"] = json!({ "type": "array", "items": { "type": "object", "properties": file } });
    json!({ "type": "object", "description": "A set of files: rows in = created + updated + unchanged + skipped + failed.", "properties": set })
}
