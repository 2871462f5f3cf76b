//! Saving the mapping of a file as a template, for the files that come after it.

use model::{
    field::{self, Field, Text},
    problem::{Code, FieldError, Problem, Status},
    value::codes as value_codes,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{
    batch::{Detection, EmptyCells, Mode, Policy},
    mapping::Mapping,
    template::{Config, fingerprint},
};
use crate::operation::{Operate, Operation};

static NOT_ONE_FILE: Code = Code::new(
    "not_one_file",
    Status::Conflict,
    "The import has no file, or several",
    "A template is made of one file whose columns are mapped. Name the batch of one file, and map its columns first.",
);

pub(super) const OPERATION: Operation =
    Operation::on_collection::<SaveTemplate>("import_templates", "save")
        .about(
            Text::of("Save as template", "บันทึกเป็นแม่แบบ"),
            "Keeps the mapping of an import's file, or the settings given, as a template; one of the same name is replaced. Files with the same headers are read by it from then on.",
        )
        .input(INPUT)
        .refusals(REFUSALS)
        .past("saved");

const REFUSALS: &[&Code] = &[&NOT_ONE_FILE];

const INPUT: &[Field] = &[
    field::text("name", "Name").th("ชื่อ").required().example("Monthly customer list"),
    field::paragraph("description", "Description").th("คำอธิบาย"),
    field::link("batch_id", "Import", "import_batches")
        .th("การนำเข้า")
        .help("The import, or one of its files, whose mapping is kept."),
    field::json("config", "Settings")
        .th("การตั้งค่า")
        .help("Instead of an import: `headers` of the file, `parts`, each of `data_type`, `columns`, `set` and `key`, and options."),
];

/// The input.
#[derive(Debug, Deserialize)]
pub struct SaveTemplate {
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Whose mapping is kept.
    #[serde(default)]
    pub batch_id: Option<Uuid>,
    /// What it says, instead of a batch.
    #[serde(default)]
    pub config: Option<Value>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Saved {
    /// The template.
    pub template_id: Uuid,
    /// Kinds of records in each row.
    pub parts: usize,
    /// One of this name was there before.
    pub replaced: bool,
}

impl Operate<()> for SaveTemplate {
    type Done = Saved;

    async fn run(self, tx: &mut TenantTx, (): ()) -> Result<Saved, Problem> {
        let config = match (self.batch_id, &self.config) {
            (Some(batch), None) => of_batch(tx, batch).await?,
            (None, Some(config)) => Config::read(config.clone())?,
            _ => {
                let message = "Say either which import the template is made of (`batch_id`), or its settings (`config`).";
                return Err(Problem::invalid(vec![FieldError::new(
                    "batch_id",
                    &value_codes::REQUIRED,
                    message,
                )]));
            }
        };
        config.check(&custom(tx).await?)?;
        self.write(tx, &config).await
    }
}

impl SaveTemplate {
    async fn write(&self, tx: &mut TenantTx, config: &Config) -> Result<Saved, Problem> {
        let print = fingerprint(config.headers.iter().map(String::as_str));
        let kind = config.parts.last().map(|part| part.data_type.as_str()).unwrap_or_default();
        let row = tx
            .one(
                sql!(
                    "insert into import_templates (tenant_id, id, name, data_type, description, config, header_fingerprint, created_by)
                     values ($1, $2, $3, $4, $5, $6, $7, $8)
                     on conflict (tenant_id, name) do update set data_type = excluded.data_type,
                       description = coalesce(excluded.description, import_templates.description), config = excluded.config,
                       header_fingerprint = excluded.header_fingerprint, archived_at = null, archived_by = null
                     returning id, id <> $2"
                ),
                &[
                    &tx.tenant(),
                    &tx.id(),
                    &self.name.trim(),
                    &kind,
                    &self.description,
                    &json!(config),
                    &print,
                    &tx.actor().id(),
                ],
            )
            .await?;
        Ok(Saved { template_id: row.get(0), parts: config.parts.len(), replaced: row.get(1) })
    }
}

/// Fields of the tenant's own: entity, key, label.
async fn custom(tx: &mut TenantTx) -> Result<Vec<(String, String, String)>, Problem> {
    let text = sql!(
        "select entity, key, label from custom_fields where tenant_id = $1 and archived_at is null order by position, key"
    );
    let rows = tx.query(text, &[&tx.tenant()]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}

/// What repeats the mapping of a batch's only file: of the batch itself, or of the set.
async fn of_batch(tx: &mut TenantTx, batch: Uuid) -> Result<Config, Problem> {
    tx.caller().permit("import_batches.view")?;
    let rows = tx
        .query(
            sql!(
                "select c.id, c.file_id, coalesce(c.detection, '{}'), c.mapping, c.mode, c.empty_cells, p.policy,
                   coalesce(p.detection, '{}')
                 from import_batches b
                 join import_batches p on p.tenant_id = $1 and p.id = coalesce(b.parent_id, b.id)
                 join import_batches c on c.tenant_id = $1 and c.parent_id = p.id
                 where b.tenant_id = $1 and b.id = $2 and c.error is null
                 order by c.position"
            ),
            &[&tx.tenant(), &batch],
        )
        .await?;
    let mut sheets: Vec<(Uuid, (Uuid, usize, usize))> = vec![];
    for row in &rows {
        let detection: Detection = serde_json::from_value(row.get(2)).map_err(Problem::internal)?;
        sheets.push((row.get(0), (row.get(1), detection.member, detection.sheet)));
    }
    let own = sheets.iter().find(|(id, _)| *id == batch).or(sheets.first()).map(|(_, sheet)| *sheet);
    let several =
        sheets.iter().all(|(id, _)| *id != batch) && sheets.iter().any(|(_, sheet)| Some(*sheet) != own);
    let mut mappings: Vec<Mapping> = vec![];
    let mut options = Config::default();
    for (row, (_, sheet)) in rows.iter().zip(&sheets) {
        let mapping: Option<Value> = row.get(3);
        let (Some(mapping), true) = (mapping, Some(*sheet) == own) else { continue };
        mappings.push(serde_json::from_value(mapping).map_err(Problem::internal)?);
        let parent: Detection = serde_json::from_value(row.get(7)).map_err(Problem::internal)?;
        options.mode = Mode::from_name(row.get(4)).filter(|mode| *mode != Mode::Upsert);
        options.empty_cells = EmptyCells::from_name(row.get(5)).filter(|cells| *cells != EmptyCells::Keep);
        options.policy = Policy::from_name(row.get(6)).filter(|_| !parent.policy_by_size);
        options.restore = parent.restore.then_some(true);
    }
    if several || mappings.is_empty() {
        return Err(Problem::new(&NOT_ONE_FILE, "The import has no mapped file, or several."));
    }
    let Config { headers, parts, .. } = Config::repeating(&mappings);
    Ok(Config { headers, parts, ..options })
}
