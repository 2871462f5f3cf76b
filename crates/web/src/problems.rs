//! Every problem code that an answer may carry.

use model::problem::{Code, codes};
use work::{
    access::{
        platform, rights,
        sign_in::{
            CODE_REFUSED, CODE_REQUIRED, LINK_REFUSED, SIGN_IN_BUSY, SIGN_IN_REFUSED, TOTP_STATE,
            WRONG_PASSWORD,
        },
        standing,
    },
    import::SECOND_PERSON,
    operation::operations,
    webhooks::inbound::NOT_ACCEPTED,
};

use crate::auth::OTHER_ORIGIN;

/// Those of sign-in, of people's programs, of other software and of imports.
pub static SIGN_IN: &[&Code] = &[
    &standing::TENANT_INACTIVE,
    &standing::ADDRESS_NOT_ALLOWED,
    &SIGN_IN_REFUSED,
    &CODE_REQUIRED,
    &CODE_REFUSED,
    &SIGN_IN_BUSY,
    &OTHER_ORIGIN,
    &LINK_REFUSED,
    &WRONG_PASSWORD,
    &TOTP_STATE,
    &NOT_ACCEPTED,
    &SECOND_PERSON,
];

/// Those of giving and taking rights by writing records.
pub static RIGHTS: &[&Code] = rights::REFUSALS;

/// The general codes, then those of sign-in and of single operations, each once.
pub fn all() -> Vec<&'static Code> {
    let mut all: Vec<&'static Code> = codes::ALL.to_vec();
    for code in SIGN_IN
        .iter()
        .chain(RIGHTS)
        .chain(platform::REFUSALS)
        .copied()
        .chain(operations().flat_map(|operation| operation.refusals.iter().copied()))
    {
        if !all.iter().any(|known| known.code == code.code) {
            all.push(code);
        }
    }
    all
}
