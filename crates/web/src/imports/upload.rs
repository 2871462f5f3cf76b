//! Uploads: a form of files and choices, streamed to disk, never whole in memory.

use std::path::Path;

use axum::{
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
    response::Response,
};
use model::{
    Document,
    caller::Caller,
    problem::{FieldError, Problem, codes},
    value::{ValueCode, codes as value_codes},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{fs::File, io::AsyncWriteExt};
use uuid::Uuid;
use work::{
    import::{
        self, AskedOnce, DATA_TYPES, EmptyCells, Mode, Options, Policy, SourceKind, Step, TemplateUse, Upload,
    },
    once::{Done, Kept},
    sources,
};

use super::{again, look, placed, unanswered};
use crate::{ask::Ask, once::Once, refusal::Refusal};

/// Most bytes of an upload: the files' limit and room for the form around them.
pub const LIMIT: usize = (512 << 20) + (1 << 20);
/// Most bytes of a choice.
const CHOICE: usize = 1 << 20;

/// Takes files, looks at them and maps their columns.
pub async fn receive(ask: Ask, request: Request) -> Result<Response, Refusal> {
    permit(&ask)?;
    let folder = ask.app.folder().map_err(storage)?;
    let (parts, body) = request.into_parts();
    let once = Once::asked(&parts)?;
    let request = Request::from_parts(parts, body);
    let form = Multipart::from_request(request, &ask.app).await.map_err(|_| not_a_form())?;
    let mut sent = once.asks().map(|_| Sha256::new());
    let form = read(form, folder.path(), &mut sent).await?;
    let once = once.of(&sent.map(|sent| sent.finalize().to_vec()).unwrap_or_default());
    let unanswered: fn(Uuid) -> Kept = |id| unanswered(StatusCode::CREATED, id);
    let asked = once.asks().map(|once| (once, unanswered));
    match ask.run(form.take(&ask, asked)).await? {
        Done::Before(kept) => again(&ask, kept).await,
        Done::Now(id) => {
            let answer = look::report(&ask, id, StatusCode::CREATED).await;
            Ok(once.answered(&ask, answer.map(|report| placed(report, id))).await?)
        }
    }
}

/// Takes the files of a page's form, as [`receive`] does; which import they are.
///
/// # Errors
/// As those of the form and of [`import::receive`].
pub async fn take(ask: &Ask, request: Request) -> Result<Uuid, Problem> {
    permit(ask)?;
    let folder = ask.app.folder().map_err(storage)?;
    let form = Multipart::from_request(request, &ask.app).await.map_err(|_| not_a_form())?;
    let mut form = read(form, folder.path(), &mut None).await?;
    form.options.source = SourceKind::Portal;
    ask.run(form.take(ask, None)).await?.now()
}

/// What a form says: files, choices, and the data source that they come of.
struct Form {
    uploads: Vec<Upload>,
    options: Options,
    source: Option<String>,
}

impl Form {
    /// Receives it; what comes of a data source goes on by itself.
    async fn take(self, ask: &Ask, once: Option<AskedOnce<'_>>) -> Result<Done<Uuid>, Problem> {
        let Self { uploads, options, source } = self;
        let (db, files, caller) = (&ask.app.db, &ask.app.files, &ask.caller);
        let Some(source) = source else {
            return import::receive_once(db, files, caller, uploads, &options, once).await;
        };
        let received = sources::receive_for(db, files, caller, &source, uploads, options, once).await?;
        if let Done::Now(id) = received {
            import::enqueue(db, caller, id, Step::Run, None).await?;
        }
        Ok(received)
    }
}

/// Whether the caller may import any kind of record.
pub fn imports_something(caller: &Caller) -> bool {
    let mut parts = DATA_TYPES.iter().flat_map(|kind| &kind.parts);
    parts.any(|part| caller.permit(&part.description().permission("import")).is_ok())
}

/// Who may import nothing at all is refused before anything is read.
fn permit(ask: &Ask) -> Result<(), Problem> {
    if imports_something(&ask.caller) {
        return Ok(());
    }
    Err(Problem::new(&codes::FORBIDDEN, "None of your roles may import.")
        .hint("Ask an admin of your company for one."))
}

/// Reads the form: files go to disk as they come, in whatever order the fields are. `sent` takes in what makes two forms
/// the same: names, choices and contents, not the boundary between them.
async fn read(mut form: Multipart, folder: &Path, sent: &mut Option<Sha256>) -> Result<Form, Problem> {
    let (mut uploads, mut options, mut source) = (vec![], Options::new(SourceKind::Api), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let path = folder.join(uploads.len().to_string());
            let file = field.file_name().unwrap_or_default().to_owned();
            let content = save(field, &path, sent.is_some()).await?;
            note(sent, &[&name, &file, &content]);
            uploads.push(Upload { name: file, path });
        } else {
            let text = text(field).await?;
            note(sent, &[&name, &text]);
            match name.as_str() {
                "data_source" => source = Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                _ => choose(&mut options, &name, &text)?,
            }
        }
    }
    match uploads.iter().any(|upload| upload.name.is_empty()) || uploads.is_empty() {
        true => Err(invalid(
            "file",
            &value_codes::REQUIRED,
            "Send at least one file with its name, as the field `file`.",
            "",
        )),
        false => Ok(Form { uploads, options, source }),
    }
}

/// Saves a file; answers its SHA-256 where that is wanted.
async fn save(mut field: Field<'_>, path: &Path, hashed: bool) -> Result<String, Problem> {
    let mut file = File::create(path).await.map_err(storage)?;
    let mut hash = Sha256::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        if hashed {
            hash.update(&piece);
        }
        file.write_all(&piece).await.map_err(storage)?;
    }
    file.flush().await.map_err(storage)?;
    Ok(format!("{:x?}", hash.finalize()))
}

/// Takes a field into the hash of the form.
fn note(sent: &mut Option<Sha256>, parts: &[&str]) {
    if let Some(sent) = sent {
        sent.update(json!(parts).to_string());
    }
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = vec![];
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > CHOICE {
            return Err(Problem::new(
                &codes::TOO_LARGE,
                "A field of the form that is no file is larger than 1 MiB.",
            ));
        }
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::new(&codes::BAD_REQUEST, "A field of the form is not UTF-8."))
}

/// Takes a choice into the options; an empty one is none.
fn choose(options: &mut Options, name: &str, text: &str) -> Result<(), Problem> {
    let one_of = |names: &str| {
        invalid(name, &value_codes::NOT_A_CHOICE, &format!("`{name}` is one of {names}."), text)
    };
    match (name, text.trim()) {
        (
            "data_type" | "mode" | "policy" | "empty_cells" | "restore" | "mapping" | "set" | "key"
            | "template",
            "",
        ) => {}
        ("data_type", kind) => options.data_type = Some(kind.to_owned()),
        ("mode", mode) => {
            options.mode = Some(Mode::from_name(mode).ok_or_else(|| one_of("create, update, upsert"))?);
        }
        ("policy", policy) => {
            options.policy =
                Some(Policy::from_name(policy).ok_or_else(|| one_of("all_or_nothing, valid_rows"))?);
        }
        ("empty_cells", cells) => {
            options.empty_cells = Some(EmptyCells::from_name(cells).ok_or_else(|| one_of("keep, clear"))?);
        }
        ("restore", restore) => {
            options.restore = Some(restore.parse().map_err(|_| one_of("true, false"))?);
        }
        ("template", template) => options.template = TemplateUse::from_text(template),
        ("mapping", mapping) => {
            let message =
                "`mapping` is a JSON object of header → field, as {\"Client\": \"customers.name\"}.";
            options.mapping.columns = serde_json::from_str(mapping)
                .map_err(|_| invalid(name, &value_codes::NOT_JSON, message, mapping))?;
        }
        ("set", set) => {
            let message = "`set` is a JSON object of field → value, as {\"customers.country\": \"US\"}.";
            options.mapping.set =
                serde_json::from_str(set).map_err(|_| invalid(name, &value_codes::NOT_JSON, message, set))?;
        }
        ("key", key) => {
            let message = "`key` is a JSON array of headers, as [\"Store number\"].";
            options.mapping.key = Some(
                serde_json::from_str(key).map_err(|_| invalid(name, &value_codes::NOT_JSON, message, key))?,
            );
        }
        _ => {
            let message = format!(
                "The form has no field `{name}`; there are file, data_source, data_type, mode, policy, empty_cells, restore, template, mapping, set, key."
            );
            return Err(invalid(name, &value_codes::UNKNOWN_FIELD, &message, ""));
        }
    }
    Ok(())
}

/// A member of a JSON body that is true, false or absent.
pub fn flag(body: &Document, name: &'static str) -> Result<bool, Problem> {
    if let Some(other) = body.keys().find(|key| *key != name) {
        return Err(invalid(
            other,
            &value_codes::UNKNOWN_FIELD,
            &format!("The input has no field `{other}`."),
            "",
        ));
    }
    match body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(invalid(
            name,
            &value_codes::NOT_A_BOOLEAN,
            &format!("`{name}` is true or false."),
            &other.to_string(),
        )),
    }
}

fn invalid(field: &str, code: &'static ValueCode, message: &str, value: &str) -> Problem {
    let error = FieldError::new(field, code, message);
    Problem::invalid(vec![if value.is_empty() { error } else { error.value(value) }])
}

fn not_a_form() -> Problem {
    Problem::new(&codes::UNSUPPORTED_MEDIA, "Files come as a form.")
        .hint("Send `Content-Type: multipart/form-data`, as `curl -F file=@customers.csv` does.")
}

fn broken(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(&codes::TOO_LARGE, "The upload is larger than 512 MiB.")
                .hint("Split the file, or import it with `tenantry import` where the server runs.")
        }
        _ => Problem::new(&codes::BAD_REQUEST, "The form cannot be read, or broke off.").cause(error),
    }
}

fn storage(error: std::io::Error) -> Problem {
    Problem::new(&codes::UNAVAILABLE, "The upload cannot be kept just now; nothing was imported.")
        .hint("See that the data folder exists, can be written and has room.")
        .cause(error)
}
