//! Signing in and out.

use model::problem::Status;
use serde_json::{Value, json};

use super::{
    paths::{json_answer, json_body},
    reference,
};
use crate::routes::Auth;

/// One address of sign-in.
pub fn described(auth: Auth) -> Value {
    match auth {
        Auth::Login => {
            let mut answer = json_answer("Signed in.", json!({ "oneOf": [tokens(), cookie()] }));
            answer["headers"] = json!({ "Set-Cookie": {
                "description": "The session, where `session` asks for a cookie: HttpOnly, SameSite=Lax, and `__Host-` with Secure over https.",
                "schema": { "type": "string" },
            } });
            let body = object(
                &["email", "password"],
                json!({
                    "tenant": { "type": "string", "description": "The company's name in addresses; left out where its own host was asked.", "examples": ["well-crafted"] },
                    "email": { "type": "string" },
                    "password": { "type": "string", "format": "password" },
                    "code": { "type": "string", "description": "The second step, for those who have one: six digits, or a recovery code." },
                    "portal": { "type": "boolean", "default": false, "description": "For people at customers." },
                    "session": { "type": "string", "enum": ["token", "cookie"], "default": "token" },
                }),
            );
            public(
                "login",
                "Sign in",
                "The answer is the same whatever is wrong. After five failures within 15 minutes an account is locked for 15 minutes. \
                 `code_required` asks for the second step, after a right password alone.",
                body,
                answer,
            )
        }
        Auth::Refresh => public(
            "refresh",
            "Exchange a refresh token",
            "Each refresh token works once and is answered by the next one. One that comes a second time ends the session.",
            object(&["refresh_token"], json!({ "refresh_token": { "type": "string" } })),
            json_answer("New tokens.", tokens()),
        ),
        Auth::Logout => plain("logout", "Sign out", "Ends this session.", ended()),
        Auth::LogoutAll => {
            plain("logout_all", "Sign out everywhere", "Ends every session of the caller.", ended())
        }
        Auth::Sessions => {
            plain("list_sessions", "List one's sessions", "Those that go on, the latest first.", sessions())
        }
        Auth::EndSession => {
            let mut operation = plain("end_session", "End a session", "One of the caller's own.", ended());
            operation["parameters"] = json!([reference("parameters", "Id")]);
            operation
        }
        Auth::Forgot => {
            let message = json!({ "message": { "type": "string" } });
            let answer = json_answer(
                "Taken.",
                json!({ "type": "object", "required": ["message"], "properties": message }),
            );
            let body = object(
                &["email"],
                json!({
                    "tenant": { "type": "string", "examples": ["well-crafted"] },
                    "email": { "type": "string" },
                    "portal": { "type": "boolean", "default": false },
                }),
            );
            let about = "Mails a link to whoever has the address. The answer is the same whether anybody has. At most three mails an hour go to one person.";
            let mut operation = public("forgot_password", "Ask for a new password", about, body, answer);
            operation["responses"]["202"] = operation["responses"]["200"].take();
            if let Some(responses) = operation["responses"].as_object_mut() {
                responses.shift_remove("200");
            }
            operation
        }
        Auth::Reset => {
            redeem("reset_password", "Choose a new password by a link", "Ends every session of the person.")
        }
        Auth::Accept => redeem(
            "accept_invitation", "Choose the first password by a link", "The person signs in with it then.",
        ),
        Auth::Password => {
            let about = "Takes the old one; every other session ends.";
            with_body(
                plain("change_password", "Change one's password", about, ended()),
                &["old_password", "new_password"],
            )
        }
        Auth::SetUpTotp => {
            let setup = json!({
                "secret": { "type": "string", "description": "In base 32." },
                "otpauth_url": { "type": "string", "description": "The same for a picture that devices read." },
            });
            let answer = json_answer("The secret.", object(&["secret", "otpauth_url"], setup));
            let about = "Makes a secret for a device that shows codes (TOTP, RFC 6238). It is asked for once it is confirmed.";
            with_body(plain("set_up_second_step", "Set the second step up", about, answer), &["password"])
        }
        Auth::ConfirmTotp => {
            let codes = json!({ "recovery_codes": { "type": "array", "items": { "type": "string" } } });
            let answer = json_answer("The second step is on.", object(&["recovery_codes"], codes));
            let about =
                "Takes the device's first code; gives ten recovery codes, this once. Each works once.";
            with_body(plain("confirm_second_step", "Switch the second step on", about, answer), &["code"])
        }
        Auth::DisableTotp => {
            let off = object(&["second_step"], json!({ "second_step": { "type": "boolean" } }));
            let about = "Takes the password; the recovery codes are good no more.";
            with_body(
                plain(
                    "disable_second_step",
                    "Switch the second step off",
                    about,
                    json_answer("It is off.", off),
                ),
                &["password"],
            )
        }
        Auth::ChangeMe => {
            let body = object(
                &[],
                json!({
                    "name": { "type": "string" },
                    "locale": { "type": "string", "enum": ["en", "th"] },
                }),
            );
            let answer = json_answer("The caller as they are now.", reference("schemas", "Me"));
            let mut operation =
                plain("change_me", "Change one's own name and language", "What is left out stays.", answer);
            operation["requestBody"] = json_body(body, None);
            operation
        }
    }
}

fn redeem(id: &str, summary: &str, about: &str) -> Value {
    let body = object(
        &["token", "password"],
        json!({
            "token": { "type": "string", "description": "From the link." },
            "password": { "type": "string", "format": "password" },
        }),
    );
    let side = object(
        &["portal"],
        json!({ "portal": { "type": "boolean", "description": "Whether the person signs in to the portal." } }),
    );
    public(id, summary, about, body, json_answer("The password is set.", side))
}

/// With a body of these texts.
fn with_body(mut operation: Value, names: &[&str]) -> Value {
    let fields = names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    operation["requestBody"] = json_body(object(names, Value::Object(fields)), None);
    operation
}

fn plain(id: &str, summary: &str, about: &str, answer: Value) -> Value {
    json!({ "operationId": id, "summary": summary, "description": about, "responses": { "200": answer } })
}

/// Addresses that nobody is signed in at: their refusals tell nothing of who is there.
fn public(id: &str, summary: &str, about: &str, body: Value, answer: Value) -> Value {
    let mut operation = plain(id, summary, about, answer);
    operation["requestBody"] = json_body(body, None);
    for (name, status) in [("Unauthenticated", Status::Unauthenticated), ("Unavailable", Status::Unavailable)]
    {
        operation["responses"][status.http().to_string()] = reference("responses", name);
    }
    operation
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
}

fn session() -> Value {
    json!({
        "type": "object",
        "required": ["id", "expires_at"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "expires_at": { "type": "string", "format": "date-time", "description": "When it ends unless it is used before." },
        },
    })
}

fn tokens() -> Value {
    json!({
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "refresh_token", "session"],
        "properties": {
            "access_token": { "type": "string", "description": "For `Authorization: Bearer …`." },
            "token_type": { "type": "string", "const": "Bearer" },
            "expires_in": { "type": "integer", "description": "Seconds for which the access token is good.", "examples": [900] },
            "refresh_token": { "type": "string", "description": "For `/api/v1/auth/refresh`; works once." },
            "session": session(),
        },
    })
}

fn cookie() -> Value {
    json!({
        "type": "object",
        "required": ["session"],
        "additionalProperties": false,
        "properties": { "session": session() },
    })
}

fn ended() -> Value {
    let properties = json!({ "ended": { "type": "integer", "description": "How many sessions ended." } });
    json_answer("Ended.", json!({ "type": "object", "required": ["ended"], "properties": properties }))
}

fn sessions() -> Value {
    let time = || json!({ "type": "string", "format": "date-time" });
    let one = json!({
        "type": "object",
        "required": ["id", "kind", "current", "created_at", "last_seen_at", "expires_at"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "kind": { "type": "string", "enum": ["cookie", "token"] },
            "current": { "type": "boolean", "description": "The one that asks." },
            "agent": { "type": ["string", "null"], "description": "What the program called itself." },
            "ip": { "type": ["string", "null"], "description": "Where it signed in from." },
            "created_at": time(),
            "last_seen_at": time(),
            "expires_at": time(),
        },
    });
    let list = json!({ "type": "object", "required": ["data"], "properties": { "data": { "type": "array", "items": one } } });
    json_answer("The sessions.", list)
}
