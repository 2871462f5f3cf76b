//! Converting a company to a customer: account and contacts in one transaction, or nothing.

use model::{
    field::{self, Field, Text},
    problem::{Code, FieldError, Problem, Status},
    value,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::{
    operation::{Operate, Operation},
    sales::numbering::{self, Series},
};

static OTHER_COMPANY: Code = Code::new(
    "customer_of_other_company",
    Status::Conflict,
    "The customer belongs to another company",
    "The customer to convert into is already linked to a different company. Choose another one, or leave `customer_id` out.",
);

const INPUT: &[Field] = &[
    field::link("customer_id", "Existing customer", "customers")
        .help("Fill the empty fields of this customer instead of creating one."),
    field::code("code", "Customer code").example("CUS-00042").help("Drawn from the series where left out."),
];

const REFUSALS: &[&Code] = &[&OTHER_COMPANY];

pub(super) const OPERATION: Operation = Operation::on_record::<ConvertCompany>("companies", "convert")
    .about(
        Text::of("Convert to customer", "แปลงเป็นลูกค้า"),
        "Makes the company a customer, or fills an existing one; contacts stay linked to both. Done twice, it gives the first result.",
    )
    .input(INPUT)
    .refusals(REFUSALS);

/// The input.
#[derive(Debug, Deserialize)]
pub struct ConvertCompany {
    customer_id: Option<Uuid>,
    code: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Converted {
    customer_id: Uuid,
    /// Whether this call made the customer.
    created: bool,
    /// How many contacts were linked by this call.
    contacts: u64,
    /// An earlier call had done it.
    #[serde(skip)]
    again: bool,
}

impl Operate<Uuid> for ConvertCompany {
    type Done = Converted;

    async fn run(self, tx: &mut TenantTx, company: Uuid) -> Result<Converted, Problem> {
        let tenant = tx.tenant();
        // The company's row is the lock: of two conversions at once the second one waits and finds the first's customer.
        tx.one(
            sql!("select id from companies where tenant_id = $1 and id = $2 for update"),
            &[&tenant, &company],
        )
        .await?;
        let earlier = tx
            .optional(
                sql!("select id from customers where tenant_id = $1 and company_id = $2 order by created_at, id limit 1"),
                &[&tenant, &company],
            )
            .await?;
        if let Some(row) = earlier {
            return Ok(Converted { customer_id: row.get(0), created: false, contacts: 0, again: true });
        }
        let (customer, created) = match self.customer_id {
            Some(customer) => (fill(tx, company, customer).await?, false),
            None => (self.create(tx, company).await?, true),
        };
        let contacts = tx
            .execute(
                sql!(
                    "update contacts set customer_id = $3
                     where tenant_id = $1 and company_id = $2 and customer_id is null"
                ),
                &[&tenant, &company, &customer],
            )
            .await?;
        tx.execute(
            sql!("update companies set status = 'CUSTOMER' where tenant_id = $1 and id = $2 and status <> 'CUSTOMER'"),
            &[&tenant, &company],
        )
        .await?;
        Ok(Converted { customer_id: customer, created, contacts, again: false })
    }

    fn happened(done: &Converted) -> bool {
        !done.again
    }
}

impl ConvertCompany {
    async fn create(&self, tx: &mut TenantTx, company: Uuid) -> Result<Uuid, Problem> {
        let code = match &self.code {
            Some(code) => code.clone(),
            None => free_code(tx).await?,
        };
        let (tenant, id, actor) = (tx.tenant(), tx.id(), tx.actor().id());
        let made = tx
            .execute(
                sql!(
                    "insert into customers (tenant_id, id, code, company_id, name, email, phone, address, city, state,
                                            postal_code, country, owner_id, created_by)
                     select c.tenant_id, $3, $4, c.id, c.name, c.email, c.phone, c.address, c.city, c.province,
                            c.postal_code, c.country, c.owner_id, $5
                     from companies c where c.tenant_id = $1 and c.id = $2
                     on conflict (tenant_id, code) do nothing"
                ),
                &[&tenant, &company, &id, &code, &actor],
            )
            .await?;
        if made == 0 {
            let message =
                format!("Another customer has the code {code}. Give a different one, or name that customer.");
            return Err(Problem::invalid(vec![
                FieldError::new("code", &value::codes::DUPLICATE, message).value(code),
            ]));
        }
        Ok(id)
    }
}

/// The series' next code that no customer has: imports may have brought codes of the same form.
async fn free_code(tx: &mut TenantTx) -> Result<String, Problem> {
    loop {
        let code = numbering::draw(tx, Series::Customer, 0).await?;
        let taken = sql!("select 1 from customers where tenant_id = $1 and code = $2");
        if tx.optional(taken, &[&tx.tenant(), &code]).await?.is_none() {
            return Ok(code);
        }
    }
}

/// Fills what is empty in the customer; what the company says otherwise stays with the company.
async fn fill(tx: &mut TenantTx, company: Uuid, customer: Uuid) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let held = tx
        .optional(
            sql!("select company_id from customers where tenant_id = $1 and id = $2 for update"),
            &[&tenant, &customer],
        )
        .await?;
    match held.map(|row| row.get::<_, Option<Uuid>>(0)) {
        None => {
            let error =
                FieldError::new("customer_id", &value::codes::UNKNOWN_LINK, "There is no such customer.");
            return Err(Problem::invalid(vec![error.value(customer.to_string())]));
        }
        Some(Some(_)) => {
            let detail = "That customer is already linked to another company.";
            return Err(Problem::new(&OTHER_COMPANY, detail)
                .hint("Choose another customer, or leave `customer_id` out."));
        }
        Some(None) => {}
    }
    tx.execute(
        sql!(
            "update customers u set company_id = c.id, email = coalesce(u.email, c.email), phone = coalesce(u.phone, c.phone),
               address = coalesce(u.address, c.address), city = coalesce(u.city, c.city),
               state = coalesce(u.state, c.province), postal_code = coalesce(u.postal_code, c.postal_code),
               country = coalesce(u.country, c.country), owner_id = coalesce(u.owner_id, c.owner_id)
             from companies c
             where u.tenant_id = $1 and u.id = $3 and c.tenant_id = $1 and c.id = $2"
        ),
        &[&tenant, &company, &customer],
    )
    .await?;
    Ok(customer)
}
