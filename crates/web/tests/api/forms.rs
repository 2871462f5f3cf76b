//! Pages as a program with a token asks for them and posts their forms.

use crate::harness::{Answer, Api};

/// The header of a form that is posted.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The page that an answer holds.
pub fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// What is answered to a form.
pub async fn post(api: &Api, token: &str, path: &str, form: &str) -> Answer {
    api.post(path).token(token).header(FORM.0, FORM.1).body(form.to_owned()).go().await
}

/// A page that is there.
pub async fn get(api: &Api, token: &str, path: &str) -> String {
    text(&api.get(path).token(token).go().await.expect(200))
}
