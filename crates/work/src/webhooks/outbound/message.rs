//! What an endpoint gets to read.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::webhooks::standard::Secret;

/// An event as it is posted: the same at every attempt and for every endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `msg_` and the event's id: by it an endpoint knows what it has had before.
    pub id: String,
    /// `{type, timestamp, data}`, as Standard Webhooks wants it.
    pub body: String,
}

impl Message {
    /// The message of an event; `data` is JSON.
    pub fn of(event: Uuid, kind: &str, at: Timestamp, data: &str) -> Self {
        let (kind, at) = (Value::from(kind), Value::from(at.to_string()));
        let body = format!(r#"{{"type":{kind},"timestamp":{at},"data":{data}}}"#);
        Self { id: format!("msg_{}", event.simple()), body }
    }

    /// The headers it is sent with at this second, signed by each of the secrets.
    pub fn headers(&self, secrets: &[Secret], second: i64) -> Vec<(&'static str, String)> {
        let at = second.to_string();
        let signatures: Vec<String> =
            secrets.iter().map(|secret| secret.sign(&self.id, &at, self.body.as_bytes())).collect();
        vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", at),
            ("webhook-signature", signatures.join(" ")),
        ]
    }
}

/// Headers as the log keeps them. Cookies are left out: they are keys to the other side.
pub fn logged<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let kept = headers.into_iter().filter(|(name, _)| *name != "set-cookie");
    Value::Object(kept.map(|(name, value)| (name.to_owned(), json!(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_json_and_named_after_its_event() {
        let at = "2026-01-31T09:30:00.25Z".parse().unwrap();
        let message = Message::of(Uuid::from_u128(7), "customer.updated", at, r#"{"id": "x"}"#);
        assert_eq!(message.id, "msg_00000000000000000000000000000007");
        let read: Value = serde_json::from_str(&message.body).unwrap();
        let told =
            json!({"type": "customer.updated", "timestamp": "2026-01-31T09:30:00.25Z", "data": {"id": "x"}});
        assert_eq!(read, told);
        assert_eq!(logged([("a", "b"), ("set-cookie", "c")]), json!({ "a": "b" }));
    }
}
