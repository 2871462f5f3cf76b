//! Who stands in front of a page: somebody signed in, or a guest.

use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::tz::TimeZone;
use model::{caller::Caller, entity::Entity, problem::Problem};
use work::access::{
    head::{Head, head},
    sign_in::Side,
};

use crate::{
    App,
    ask::Ask,
    auth::Call,
    refusal::Refusal,
    ui::{Lang, Look},
};

/// Somebody signed in: one of the staff, or on pages of the portal somebody at a customer. Their addresses see to it.
#[derive(Debug)]
pub struct Visitor {
    /// The request, signed in.
    pub ask: Ask,
    /// How the page is shown.
    pub look: Look,
    /// Whose company it is, and who is there.
    pub head: Head,
}

impl Visitor {
    /// Whether the caller has this permission on these records.
    pub fn may(&self, entity: &Entity, action: &str) -> bool {
        self.ask.caller.grants.scope(&entity.permission(action)).is_some()
    }

    /// A new key that makes a form be done once.
    pub fn key(&self) -> String {
        self.ask.app.db.world().id().to_string()
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.ask.caller
    }

    /// Refuses whoever lacks the permission.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn permit(&self, entity: &Entity, action: &str) -> Result<(), Problem> {
        self.ask.caller.permit(&entity.permission(action)).map(drop)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let ask = Ask::from_request_parts(parts, app).await?;
        let head = ask.run(head(&app.db, &ask.caller)).await?;
        let mut look = Look::of(app, &parts.headers, &parts.uri);
        if !look.chosen {
            look.lang = Lang::read(&head.locale).unwrap_or_default();
        }
        look.hue = u16::try_from(head.branding.hue).unwrap_or(look.hue);
        look.zone = TimeZone::get(&head.time_zone).unwrap_or(TimeZone::UTC);
        look.currency.clone_from(&head.currency);
        Ok(Self { ask, look, head })
    }
}

/// Somebody whom nobody knows yet.
pub struct Guest {
    /// The program and what the request brings along.
    pub call: Call,
    /// How the page is shown.
    pub look: Look,
}

impl Guest {
    /// On which side people sign in here.
    pub const fn side(&self) -> Side {
        if self.look.portal { Side::Portal } else { Side::Staff }
    }
}

impl FromRequestParts<App> for Guest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let call = Call::from_request_parts(parts, app).await?;
        let look = Look::of(app, &parts.headers, &parts.uri);
        Ok(Self { call, look })
    }
}
