//! Adjusting stock: one movement in the ledger and the level it changes, together.

use model::{
    field::{self, Choice, Field, Text, choice},
    problem::{Code, FieldError, Problem, Status},
    value,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::default_location;
use crate::operation::{Operate, Operation};

static BELOW_RESERVED: Code = Code::new(
    "stock_below_reserved",
    Status::Conflict,
    "Not enough stock",
    "The adjustment would leave less on hand than is promised to orders and carts. Adjust by less, or release reservations first.",
);

const KINDS: &[Choice] = &[
    choice("receipt", "Receipt", "รับเข้า"),
    choice("issue", "Issue", "เบิกออก"),
    choice("adjustment", "Adjustment", "ปรับยอด"),
];

const INPUT: &[Field] = &[
    field::link("sku_id", "SKU", "skus").required(),
    field::link("location_id", "Location", "warehouse_locations")
        .help("The default location where left out."),
    field::quantity("quantity", "Quantity")
        .required()
        .example("-2")
        .help("Added to the level; negative takes away."),
    field::select("kind", "Kind", KINDS).default("\"adjustment\"").example("adjustment"),
    field::text("reason", "Reason").required().example("Stocktake"),
];

const REFUSALS: &[&Code] = &[&BELOW_RESERVED];

pub(super) const OPERATION: Operation = Operation::on_collection::<AdjustStock>("inventory", "adjust")
    .about(
        Text::of("Adjust stock", "ปรับสต็อก"),
        "Adds a movement and changes the level of one SKU at one location.",
    )
    .input(INPUT)
    .refusals(REFUSALS);

/// The input.
#[derive(Debug, Deserialize)]
pub struct AdjustStock {
    sku_id: Uuid,
    location_id: Option<Uuid>,
    quantity: Decimal,
    kind: String,
    reason: String,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Adjusted {
    movement_id: Uuid,
    inventory_id: Uuid,
    #[serde(with = "rust_decimal::serde::str")]
    on_hand: Decimal,
    #[serde(with = "rust_decimal::serde::str")]
    available: Decimal,
}

impl Operate<()> for AdjustStock {
    type Done = Adjusted;

    async fn run(self, tx: &mut TenantTx, (): ()) -> Result<Adjusted, Problem> {
        self.check_sign()?;
        let (tenant, actor) = (tx.tenant(), tx.actor().id());
        let location = match self.location_id {
            Some(location) => location,
            None => default_location(tx).await?,
        };
        self.check_links(tx, location).await?;
        let (level, movement) = (tx.id(), tx.id());
        tx.execute(
            sql!(
                "insert into inventory (tenant_id, id, sku_id, location_id, created_by) values ($1, $2, $3, $4, $5)
                 on conflict (tenant_id, sku_id, location_id) do nothing"
            ),
            &[&tenant, &level, &self.sku_id, &location, &actor],
        )
        .await?;
        let changed = tx
            .optional(
                sql!(
                    "update inventory set on_hand = on_hand + $4
                     where tenant_id = $1 and sku_id = $2 and location_id = $3 and on_hand + $4 >= reserved
                     returning id, on_hand, on_hand - reserved"
                ),
                &[&tenant, &self.sku_id, &location, &self.quantity],
            )
            .await?;
        let Some(row) = changed else { return Err(self.below_reserved(tx, location).await?) };
        tx.execute(
            sql!(
                "insert into inventory_movements
                   (tenant_id, id, sku_id, location_id, kind, quantity, reason, source, created_by)
                 values ($1, $2, $3, $4, $5, $6, $7, 'inventory.adjust', $8)"
            ),
            &[&tenant, &movement, &self.sku_id, &location, &self.kind, &self.quantity, &self.reason, &actor],
        )
        .await?;
        Ok(Adjusted {
            movement_id: movement,
            inventory_id: row.get(0),
            on_hand: row.get(1),
            available: row.get(2),
        })
    }
}

impl AdjustStock {
    /// A receipt adds, an issue takes away, and nothing moves nothing.
    fn check_sign(&self) -> Result<(), Problem> {
        let message = match (self.kind.as_str(), self.quantity) {
            (_, quantity) if quantity.is_zero() => "Nothing would change: give a quantity other than 0.",
            ("receipt", quantity) if quantity.is_sign_negative() => {
                "A receipt adds stock: give a quantity above 0, or make it an issue."
            }
            ("issue", quantity) if quantity.is_sign_positive() => {
                "An issue takes stock away: give a quantity below 0, or make it a receipt."
            }
            _ => return Ok(()),
        };
        let error = FieldError::new("quantity", &value::codes::INCONSISTENT, message)
            .value(self.quantity.to_string());
        Err(Problem::invalid(vec![error]))
    }

    async fn check_links(&self, tx: &mut TenantTx, location: Uuid) -> Result<(), Problem> {
        let row = tx
            .one(
                sql!(
                    "select exists (select 1 from skus where tenant_id = $1 and id = $2),
                            exists (select 1 from warehouse_locations where tenant_id = $1 and id = $3)"
                ),
                &[&tx.tenant(), &self.sku_id, &location],
            )
            .await?;
        let unknown = |field: &str, what: &str, id: Uuid| {
            FieldError::new(field, &value::codes::UNKNOWN_LINK, format!("There is no such {what}."))
                .value(id.to_string())
        };
        let mut errors = vec![];
        if !row.get::<_, bool>(0) {
            errors.push(unknown("sku_id", "SKU", self.sku_id));
        }
        if !row.get::<_, bool>(1) {
            errors.push(unknown("location_id", "location", location));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
    }

    async fn below_reserved(&self, tx: &mut TenantTx, location: Uuid) -> Result<Problem, Problem> {
        let row = tx
            .one(
                sql!(
                    "select on_hand, reserved from inventory
                     where tenant_id = $1 and sku_id = $2 and location_id = $3"
                ),
                &[&tx.tenant(), &self.sku_id, &location],
            )
            .await?;
        let (on_hand, reserved): (Decimal, Decimal) = (row.get(0), row.get(1));
        let detail = format!(
            "{} on hand, {} of them reserved: at most {} can be taken away.",
            on_hand.normalize(),
            reserved.normalize(),
            (on_hand - reserved).normalize()
        );
        Ok(Problem::new(&BELOW_RESERVED, detail).hint("Adjust by less, or release reservations first."))
    }
}
