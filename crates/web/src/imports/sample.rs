//! `GET /api/v1/imports/sample`: a file to fill in.

use axum::{body::Body, http::HeaderValue, response::Response};
use model::{
    problem::{FieldError, Problem, codes},
    value::nearest,
};
use work::{
    export::{Format, Layout},
    import::{self, DATA_TYPES},
};

use crate::{answer, ask::Ask, input::Params, refusal::Refusal};

/// The sample of `data_type`, as `format=csv` or `xlsx`.
pub async fn sample(ask: Ask, Params(params): Params) -> Result<Response, Refusal> {
    let (mut kind, mut format) = (None, Format::Csv);
    for (name, value) in &params {
        match name.as_str() {
            "data_type" => {
                let known = import::data_type(value).ok_or_else(|| {
                    let near = nearest(value, DATA_TYPES.iter().map(|kind| kind.name));
                    bad(name, format!("There is no data type `{value}`."), value).suggest(near)
                });
                kind = Some(known.map_err(refused)?);
            }
            "format" => {
                let known = [Format::Csv, Format::Xlsx].into_iter().find(|format| format.name() == value);
                let told = || bad(name, "A sample is `csv` or `xlsx`.".to_owned(), value);
                format = known.ok_or_else(|| refused(told()))?;
            }
            _ => {
                let message = format!("`{name}` is no parameter; there are data_type and format.");
                return Err(refused(bad(name, message, value)).into());
            }
        }
    }
    let Some(kind) = kind else {
        return Err(refused(bad("data_type", "Say what the sample is of.".to_owned(), "")).into());
    };
    let main = kind.parts.last().map_or("", |part| part.entity);
    ask.caller.permit(&format!("{main}.import"))?;
    // Excel knows UTF-8 by the mark.
    let layout = Layout { bom: true, ..format.into() };
    let file = tokio::task::spawn_blocking(move || import::sample(kind, layout)).await;
    let file = file.map_err(Problem::internal)??;
    let name = format!("attachment; filename=\"{}.{}\"", kind.name, format.name());
    let name = HeaderValue::from_str(&name).map_err(Problem::internal)?;
    Ok(answer::file(Body::from(file), HeaderValue::from_static(format.media_type()), &name))
}

fn bad(name: &str, message: String, value: &str) -> FieldError {
    FieldError::new(name, &codes::BAD_REQUEST, message).value(value)
}

fn refused(error: FieldError) -> Problem {
    Problem::new(&codes::BAD_REQUEST, error.message.clone()).errors(vec![error])
}
