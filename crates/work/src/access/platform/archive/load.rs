//! Rows from an archive into the tables of a new tenant.

use std::collections::BTreeMap;

use model::{
    problem::{Problem, codes},
    world::World,
};
use serde_json::{Value, value::RawValue};
use store::{
    TenantTx,
    db::{Violation, is_of_row, violation},
    files::is_key,
    sql::Query,
};
use tokio::{sync::mpsc, task::spawn_blocking};
use uuid::Uuid;

use super::{
    bad,
    check::{Checked, Fields, Read, fields},
    hostile,
    manifest::TableMember,
    sealed,
};
use crate::access::seal::{Keyring, SEALED, Sealed};

/// Most rows, and most bytes, of one statement.
const TOGETHER: (usize, usize) = (500, 4 << 20);
/// No bytes, in the database's text form.
const EMPTY: &str = "\\x";
/// Batches that are ready before they are written.
const AHEAD: usize = 2;

/// Rows of one table, on their way.
struct Batch {
    table: usize,
    /// The lines of the first and the last.
    lines: (u64, u64),
    json: String,
    /// Secrets that no key of this instance opens.
    without: BTreeMap<String, u64>,
}

/// Whose rows become whose.
#[derive(Clone, Copy)]
struct Move {
    from: Uuid,
    to: Uuid,
}

/// Writes all rows within the transaction; answers how many secrets of each column were left out.
///
/// # Errors
/// `bad_file` with the member and lines that do not fit; problems of the database.
pub async fn load(
    tx: &mut TenantTx,
    checked: &Checked,
    keys: &Keyring,
    told: &(dyn Fn(&str, u64) + Sync),
) -> Result<BTreeMap<String, u64>, Problem> {
    let (send, mut ready) = mpsc::channel::<Batch>(AHEAD);
    let (of, keys, world) = (checked.clone(), keys.clone(), tx.world().clone());
    let moves = Move { from: checked.manifest.tenant.id, to: tx.tenant() };
    let reading = spawn_blocking(move || read(&of, &keys, &world, moves, &send));
    let tables = &checked.manifest.tables;
    let mut without = BTreeMap::new();
    while let Some(batch) = ready.recv().await {
        let table = &tables[batch.table];
        insert(tx, table, &batch).await?;
        for (column, count) in batch.without {
            *without.entry(column).or_default() += count;
        }
        told(&table.name, batch.lines.1);
    }
    reading.await.map_err(Problem::internal)??;
    Ok(without)
}

async fn insert(tx: &mut TenantTx, table: &TableMember, batch: &Batch) -> Result<(), Problem> {
    let (name, columns) = (&table.name, table.columns.join(", "));
    // Rows of an export come parents first; each statement's links are checked at its end.
    let text = format!(
        "insert into {name} (tenant_id, {columns}) select $1, {columns} from json_populate_recordset(null::{name}, $2::text::json)"
    );
    let args = vec![tx.tenant().into(), batch.json.clone().into()];
    let Err(problem) = tx.run(&Query::repeated(text, args)).await else { return Ok(()) };
    if *problem.code() == codes::UNAVAILABLE || !is_of_row(&problem) {
        return Err(problem);
    }
    let (first, last) = batch.lines;
    let why = match violation(&problem) {
        Some(Violation::Unique(key)) => format!("two rows under one key ({key})"),
        Some(Violation::Link(link)) => format!("a link that leads to no row of this tenant ({link})"),
        Some(Violation::Check(rule)) => format!("a rule of the table is broken ({rule})"),
        Some(Violation::Missing(column)) => format!("no value in `{column}`"),
        None => "a value that its column cannot hold".to_owned(),
    };
    Err(bad(format!(
        "`{}`: lines {first} to {last} do not fit this database: {why}. Nothing was imported.",
        table.member()
    ))
    .hint("Take an archive as `tenantry tenant export` wrote it.")
    .cause(problem))
}

/// Reads the tables in the manifest's order, and hands their rows on.
fn read(
    checked: &Checked,
    keys: &Keyring,
    world: &World,
    moves: Move,
    send: &mpsc::Sender<Batch>,
) -> Result<(), Problem> {
    let mut archive = Read::open(&checked.path)?;
    for (table, member) in checked.manifest.tables.iter().enumerate() {
        let name = member.member();
        let secrets: Vec<&Sealed> = SEALED.iter().filter(|sealed| sealed.table == member.name).collect();
        let keyed = member.columns.iter().any(|column| column == "storage_key");
        let fresh =
            |line| Batch { table, lines: (line, line), json: String::new(), without: BTreeMap::new() };
        let mut batch = fresh(1);
        let mut count = 0;
        archive.rows(&name, |number, line| {
            let text = if secrets.is_empty() && !keyed {
                String::from_utf8(line).map_err(|_| hostile(&name, &format!("line {number} is no UTF-8")))?
            } else {
                let mut row = fields(&name, number, &line)?;
                if keyed {
                    rekey(&name, number, &mut row, moves)?;
                }
                reseal(&name, (keys, world), &secrets, &mut row, (moves, &mut batch.without))?;
                written(&row)?
            };
            batch.json.push(if count == 0 { '[' } else { ',' });
            batch.json.push_str(&text);
            count += 1;
            batch.lines.1 = number;
            if count >= TOGETHER.0 || batch.json.len() >= TOGETHER.1 {
                batch.json.push(']');
                hand_on(send, std::mem::replace(&mut batch, fresh(number + 1)))?;
                count = 0;
            }
            Ok(())
        })?;
        if count == 0 {
            batch.json.push('[');
        }
        batch.json.push(']');
        hand_on(send, batch)?;
    }
    Ok(())
}

/// Whoever takes the rows has gone: its own error tells why.
fn hand_on(send: &mpsc::Sender<Batch>, batch: Batch) -> Result<(), Problem> {
    send.blocking_send(batch).map_err(|_| Problem::internal("an import that was given up"))
}

fn written(row: &Fields) -> Result<String, Problem> {
    serde_json::to_string(row).map_err(Problem::internal)
}

/// A stored file lies below its tenant: the key of the old one becomes the new one's.
fn rekey(member: &str, number: u64, row: &mut Fields, moves: Move) -> Result<(), Problem> {
    let wrong =
        || hostile(member, &format!("line {number} names a stored file that is none of this tenant's"));
    let key = row.get("storage_key").and_then(|key| serde_json::from_str::<String>(key.get()).ok());
    let key = key.ok_or_else(wrong)?;
    let rest = key.strip_prefix(&format!("tenant/{}/", moves.from)).filter(|rest| is_key(rest));
    let rest = rest.ok_or_else(wrong)?;
    row.insert("storage_key".to_owned(), raw(&Value::from(format!("tenant/{}/{rest}", moves.to)))?);
    Ok(())
}

/// Seals the secrets of a row for its new place. One that does not open stays behind; a row that is nothing without it
/// comes as archived, so that what points at it finds it.
fn reseal(
    member: &str,
    with: (&Keyring, &World),
    secrets: &[&Sealed],
    row: &mut Fields,
    (moves, without): (Move, &mut BTreeMap<String, u64>),
) -> Result<(), Problem> {
    if secrets.is_empty() {
        return Ok(());
    }
    let id = row.get("id").and_then(|id| serde_json::from_str::<Uuid>(id.get()).ok());
    let id = id.ok_or_else(|| hostile(member, "a row has no id"))?;
    for sealed in secrets {
        let text = row.get(sealed.column).and_then(|text| serde_json::from_str::<String>(text.get()).ok());
        // One that was forgotten with its archived row is no loss.
        let Some(text) = text.filter(|text| text != EMPTY) else { continue };
        let anew = sealed::anew(with, sealed, id, (moves.from, moves.to), &text)?;
        if anew.is_none() {
            *without.entry(format!("{}.{}", sealed.table, sealed.column)).or_default() += 1;
            if sealed.with_row {
                row.insert(sealed.column.to_owned(), raw(&Value::from(EMPTY))?);
                row.insert("archived_at".to_owned(), raw(&Value::from(with.1.now().to_string()))?);
                continue;
            }
            if let Some(column) = sealed.with.filter(|column| row.contains_key(*column)) {
                row.insert(column.to_owned(), raw(&Value::Null)?);
            }
        }
        // A sealed secret names its key in four bytes behind the version, and its row may repeat that.
        if let Some(key) =
            anew.as_deref().and_then(|text| text.get(4..12)).filter(|_| row.contains_key("key_id"))
        {
            row.insert("key_id".to_owned(), raw(&Value::from(key))?);
        }
        row.insert(sealed.column.to_owned(), raw(&anew.map_or(Value::Null, Value::from))?);
    }
    Ok(())
}

fn raw(value: &Value) -> Result<Box<RawValue>, Problem> {
    serde_json::value::to_raw_value(value).map_err(Problem::internal)
}
