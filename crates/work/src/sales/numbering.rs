//! Document numbers: gap-free per tenant and series.
//!
//! A number is drawn in the transaction that issues the document, as its last step: the series' row stays
//! locked until the commit, and a rollback gives the number back.

use model::problem::Problem;
use store::{TenantTx, sql};

/// A run of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// `ORD-2026-00001`
    Order,
    /// `SHP-2026-00001`
    Shipment,
    /// `RET-2026-00001`
    Return,
    /// `INV-2026-00001`
    Invoice,
    /// `CRN-2026-00001`
    CreditNote,
    /// `CUS-00001`: customer codes run on over the years.
    Customer,
}

impl Series {
    /// The name in `document_series` and at the head of each number.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Order => "ORD",
            Self::Shipment => "SHP",
            Self::Return => "RET",
            Self::Invoice => "INV",
            Self::CreditNote => "CRN",
            Self::Customer => "CUS",
        }
    }

    const fn is_yearly(self) -> bool {
        !matches!(self, Self::Customer)
    }

    /// The text of the series' number `number` in `year`; at least five digits.
    pub fn format(self, year: i16, number: i64) -> String {
        let prefix = self.prefix();
        if self.is_yearly() {
            format!("{prefix}-{year}-{number:05}")
        } else {
            format!("{prefix}-{number:05}")
        }
    }
}

/// Draws the series' next number for a document of `year`, a year of the tenant's calendar.
///
/// # Errors
/// Problems of the database.
pub async fn draw(tx: &mut TenantTx, series: Series, year: i16) -> Result<String, Problem> {
    let key = if series.is_yearly() { i32::from(year) } else { 0 };
    let row = tx
        .one(
            sql!(
                "insert into document_series (tenant_id, id, series, year, next_number) values ($1, $2, $3, $4, 2)
                 on conflict (tenant_id, series, year) do update set next_number = document_series.next_number + 1
                 returning next_number - 1"
            ),
            &[&tx.tenant(), &tx.id(), &series.prefix(), &key],
        )
        .await?;
    Ok(series.format(year, row.get(0)))
}
