//! Who is asking, and what people change of themselves.

use axum::{http::StatusCode, response::Response};
use model::{Document, problem::FieldError, value::codes};
use work::access::me as own;

use crate::{answer, ask::Ask, auth::Form, input::JsonBody, refusal::Refusal};

/// The languages of mails and pages.
const LANGUAGES: [&str; 2] = ["en", "th"];

/// `GET /api/v1/me`: the caller, as the program sees it.
pub async fn me(ask: Ask) -> Result<Response, Refusal> {
    let me = ask.run(own::me(&ask.app.db, &ask.caller, ask.session)).await?;
    Ok(answer::document(StatusCode::OK, &me))
}

/// `PATCH /api/v1/me`.
pub async fn change(ask: Ask, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    ask.person()?;
    let (mut form, mut fields) = (Form::of(body), Document::new());
    if let Some(name) = form.maybe("name") {
        fields.insert("name".to_owned(), name.into());
    }
    match form.maybe("locale") {
        Some(locale) if LANGUAGES.contains(&locale.as_str()) => {
            fields.insert("locale".to_owned(), locale.into());
        }
        Some(locale) => {
            let message = "Choose `en` or `th`.";
            form.wrong(FieldError::new("locale", &codes::NOT_A_CHOICE, message).value(locale));
        }
        None => {}
    }
    form.done()?;
    ask.run(own::change(&ask.app.db, &ask.caller, fields)).await?;
    me(ask).await
}
