//! Carts, orders, invoices, payments.

mod allocations;
mod carts;
mod invoice_lines;
mod invoices;
mod order_lines;
mod orders;
mod payments;
mod returns;
mod shipments;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &carts::CARTS,
    &carts::CART_ITEMS,
    &orders::ORDERS,
    &order_lines::ORDER_LINES,
    &shipments::SHIPMENTS,
    &shipments::SHIPMENT_LINES,
    &returns::RETURNS,
    &returns::RETURN_LINES,
    &invoices::INVOICES,
    &invoice_lines::INVOICE_LINES,
    &payments::PAYMENTS,
    &allocations::PAYMENT_ALLOCATIONS,
];
