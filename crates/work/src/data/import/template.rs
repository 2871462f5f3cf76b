//! Templates: a mapping kept under a name, found again by the headers of a file.
//!
//! A template lists parts, each one kind of record with its own columns, values and key. A file read by a template of
//! several parts becomes several files of the set, one for each part: they are staged, linked and written as the files
//! of an archive are.

use std::{collections::BTreeSet, fmt::Write, sync::LazyLock};

use model::{
    caller::Caller,
    problem::{FieldError, Problem},
    value::{fold, nearest},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{Db, sql, sql::Query};
use tabular::SheetInfo;
use uuid::Uuid;

use super::{
    batch::{EmptyCells, Mode, Policy},
    choices::Choices,
    codes,
    error_file::ADDED,
    mapping::{Class, ColumnMapping, Mapping},
    matcher::{ignored_column, targets, with_custom},
    receive::wanted,
};

/// Fields of the tenant's own: entity, key, label.
pub type Custom = [(String, String, String)];

/// One kind of record in the rows of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What its records are.
    pub data_type: String,
    /// Which columns give which fields, and by which rows tell of one record.
    #[serde(flatten)]
    pub choices: Choices,
}

/// What a template says: the `config` of its record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The headers of the file that it was made for.
    pub headers: Vec<String>,
    /// What an import may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What happens with bad rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// What empty cells mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty_cells: Option<EmptyCells>,
    /// Archived records that the file names are restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore: Option<bool>,
    /// The kinds of records in each row.
    pub parts: Vec<Part>,
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its record; none of those that come with the program.
    pub id: Option<Uuid>,
    /// What people call it.
    pub name: String,
    /// Of the headers it was made for.
    pub fingerprint: String,
    /// What it says.
    pub config: Config,
}

/// Which template is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TemplateUse {
    /// The one that was made for the file's headers: the tenant's, else one of the program's.
    #[default]
    Fitting,
    /// None.
    Never,
    /// The one of this name.
    Named(String),
}

impl TemplateUse {
    /// Reads what people write: a name, `none`, or nothing for the fitting one.
    pub fn from_text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Fitting,
            "none" => Self::Never,
            name => Self::Named(name.to_owned()),
        }
    }

    /// As it is kept with a set.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Fitting => None,
            Self::Never => Some("none"),
            Self::Named(name) => Some(name),
        }
    }
}

/// What is equal for files with the same headers, in whatever order: the hash of the folded headers, each once. The
/// columns that an error file adds do not count.
pub fn fingerprint<'a>(headers: impl IntoIterator<Item = &'a str>) -> String {
    let headers: Vec<&str> = headers.into_iter().collect();
    let own = headers.strip_suffix(&ADDED).unwrap_or(&headers);
    let folded: BTreeSet<String> = own.iter().map(|header| fold(header)).collect();
    let joined = folded.into_iter().collect::<Vec<_>>().join("\t");
    Sha256::digest(joined.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// The fingerprint of a sheet; none without a header.
pub fn fingerprint_of(sheet: &SheetInfo) -> Option<String> {
    let headers = sheet.columns.iter().map(|column| column.key.as_str());
    (!sheet.header_rows.is_empty()).then(|| fingerprint(headers))
}

impl Config {
    /// What repeats the mappings of a file.
    pub fn repeating(mappings: &[Mapping]) -> Self {
        let part = |mapping: &Mapping| Part {
            data_type: mapping.data_type.clone(),
            choices: Choices::repeating(mapping),
        };
        let headers = mappings.first().map(|mapping| {
            mapping.columns.iter().map(|column| column.header.clone()).collect::<Vec<String>>()
        });
        Self {
            headers: headers.unwrap_or_default(),
            parts: mappings.iter().map(part).collect(),
            ..Self::default()
        }
    }

    /// Reads the config of a record.
    ///
    /// # Errors
    /// `invalid` where it cannot be read.
    pub fn read(config: Value) -> Result<Self, Problem> {
        serde_json::from_value(config).map_err(|error| {
            let message = format!("The template's settings cannot be read: {error}.");
            Problem::invalid(vec![FieldError::new("config", &codes::BAD_READING, message)])
        })
    }

    /// Whether its parts and all that they name exist, for a file of its own headers.
    ///
    /// # Errors
    /// `invalid` naming what does not.
    pub fn check(&self, custom: &Custom) -> Result<(), Problem> {
        if self.parts.is_empty() || self.headers.is_empty() {
            let message = "A template lists the `headers` of its file and at least one of `parts`.";
            return Err(Problem::invalid(vec![FieldError::new("config", &codes::BAD_READING, message)]));
        }
        let columns = self.headers.iter().enumerate().map(|(index, header)| ColumnMapping {
            index,
            header: header.clone(),
            kind: "text".into(),
            target: None,
            class: Class::Certain,
            reason: String::new(),
            format: super::mapping::CellFormat::default(),
            steps: vec![],
            proposals: vec![],
            samples: vec![],
        });
        self.mappings(&columns.collect::<Vec<_>>(), custom, "").map(drop)
    }

    /// The mapping of each part, for these columns.
    fn mappings(
        &self,
        columns: &[ColumnMapping],
        custom: &Custom,
        name: &str,
    ) -> Result<Vec<Mapping>, Problem> {
        let part = |part: &Part| {
            let kind = wanted(Some(&part.data_type))?
                .ok_or_else(|| Problem::internal("a data type without a name"))?;
            let known = with_custom(targets(kind), kind, custom);
            let mut mapping = Mapping {
                data_type: kind.name.into(),
                alternatives: vec![],
                columns: columns.to_vec(),
                made: vec![],
                key: vec![],
                template: Some(name.to_owned()),
            };
            mapping.overrule(kind, &known, &part.choices, &format!("Template “{name}”."))?;
            Ok(mapping)
        };
        self.parts.iter().map(part).collect()
    }
}

impl Template {
    /// The mapping of each part of a sheet.
    ///
    /// # Errors
    /// `invalid` naming headers that the sheet does not have, and fields that are not there any more.
    pub fn map(&self, sheet: &SheetInfo, custom: &Custom) -> Result<Vec<Mapping>, Problem> {
        let left = || "The template leaves it out.".to_owned();
        let columns = sheet.columns.iter().map(|column| ignored_column(column, Class::Certain, left()));
        self.config.mappings(&columns.collect::<Vec<_>>(), custom, &self.name)
    }
}

/// Templates that come with the program: name and config.
const GLOBAL: &[(&str, &str)] = &[("Iowa liquor orders", include_str!("global/iowa_liquor_orders.json"))];

/// Those that can be read; a test reads all.
static GLOBALS: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        let config: Config = serde_json::from_str(text).ok()?;
        let fingerprint = fingerprint(config.headers.iter().map(String::as_str));
        Some(Template { id: None, name: (*name).to_owned(), fingerprint, config })
    };
    GLOBAL.iter().filter_map(read).collect()
});

/// The templates that were made for one of these fingerprints: the tenant's own, the latest first, then the program's.
/// One whose settings cannot be read is left out.
///
/// # Errors
/// Problems of the database.
pub async fn fitting(db: &Db, worker: &Caller, prints: &[String]) -> Result<Vec<Template>, Problem> {
    if prints.is_empty() {
        return Ok(vec![]);
    }
    let text = sql!(
        "select id, name, header_fingerprint, config from import_templates
         where tenant_id = $1 and header_fingerprint = any($2) and archived_at is null
         order by updated_at desc, id desc"
    );
    let rows =
        db.read(worker, Query::fixed(text, vec![worker.tenant.into(), prints.to_vec().into()])).await?;
    let own = rows.iter().filter_map(|row| {
        let config = Config::read(row.get(3)).ok()?;
        Some(Template { id: Some(row.get(0)), name: row.get(1), fingerprint: row.get(2), config })
    });
    let global = GLOBALS.iter().filter(|template| prints.contains(&template.fingerprint)).cloned();
    Ok(own.chain(global).collect())
}

/// The templates that a tenant may use, by their names: its own, the latest first, then the program's, which have no id.
async fn listed(db: &Db, worker: &Caller) -> Result<Vec<(Option<Uuid>, String)>, Problem> {
    let text = sql!(
        "select id, name from import_templates
         where tenant_id = $1 and archived_at is null order by updated_at desc, id desc"
    );
    let rows = db.read(worker, Query::fixed(text, vec![worker.tenant.into()])).await?;
    let own = rows.iter().map(|row| (Some(row.get(0)), row.get(1)));
    Ok(own.chain(GLOBALS.iter().map(|template| (None, template.name.clone()))).collect())
}

/// The names of the templates that a tenant may use.
///
/// # Errors
/// `forbidden` for who may not look at imports; problems of the database.
pub async fn names(db: &Db, caller: &Caller) -> Result<Vec<String>, Problem> {
    caller.permit("import_batches.view")?;
    Ok(listed(db, caller).await?.into_iter().map(|(_, name)| name).collect())
}

/// The template of this name.
///
/// # Errors
/// `invalid` where there is none, or its settings cannot be read.
pub async fn named(db: &Db, worker: &Caller, name: &str) -> Result<Template, Problem> {
    let (all, folded) = (listed(db, worker).await?, fold(name));
    let same = all.iter().find(|(_, known)| known == name);
    let Some((id, own)) = same.or_else(|| all.iter().find(|(_, known)| fold(known) == folded)) else {
        let near = nearest(name, all.iter().map(|(_, known)| known.as_str()));
        let names: Vec<&str> = all.iter().take(20).map(|(_, known)| known.as_str()).collect();
        let message = format!("There is no template “{name}”. There are: {}.", names.join(", "));
        let error = FieldError::new("template", &codes::UNKNOWN_TEMPLATE, message).value(name).suggest(near);
        return Err(Problem::invalid(vec![error]));
    };
    let Some(id) = id else {
        let global = GLOBALS.iter().find(|template| template.name == *own).cloned();
        return global.ok_or_else(|| Problem::internal("a template of the program is gone"));
    };
    let text = sql!(
        "select coalesce(header_fingerprint, ''), config from import_templates where tenant_id = $1 and id = $2"
    );
    let rows = db.read(worker, Query::fixed(text, vec![worker.tenant.into(), (*id).into()])).await?;
    let row = rows.first().ok_or_else(|| Problem::not_found("import template"))?;
    let config = Config::read(row.get(1))?;
    Ok(Template { id: Some(*id), name: own.clone(), fingerprint: row.get(0), config })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_templates_can_be_used() {
        assert_eq!(GLOBALS.len(), GLOBAL.len());
        for template in GLOBALS.iter() {
            template.config.check(&[]).unwrap_or_else(|problem| panic!("{}: {problem}", template.name));
        }
    }

    #[test]
    fn a_fingerprint_is_of_the_headers_and_nothing_else() {
        let of = |headers: &[&str]| fingerprint(headers.iter().copied());
        assert_eq!(of(&["Order No", "name"]), of(&["NAME", "order_no"]));
        assert_ne!(of(&["Order No", "name"]), of(&["Order No"]));
        assert_eq!(of(&["a", "row", "column", "value", "reason", "mend"]), of(&["a"]));
        assert_eq!(of(&["a"]).len(), 64);
    }
}
