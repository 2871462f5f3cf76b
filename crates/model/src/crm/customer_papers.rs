//! Licenses and tax exemptions of customers.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, key},
    field::{self, Choice, Text, choice},
};

const CUSTOMER_LICENSES_STATUS: &[Choice] = &[
    choice("ACTIVE", "Active", "ใช้ได้").or(&["valid", "current"]),
    choice("EXPIRED", "Expired", "หมดอายุ").or(&["lapsed"]),
    choice("REVOKED", "Revoked", "เพิกถอน").or(&["cancelled", "suspended"]),
];

/// A permit that a customer must hold to buy.
pub static CUSTOMER_LICENSES: Entity =
    Entity::new("customer_licenses", "customer_license", Area::Crm, Class::Customer)
        .labels(Text::of("License", "ใบอนุญาต"), Text::of("Licenses", "ใบอนุญาต"))
        .about("A permit that a customer must hold to buy.")
        .fields(&[
            field::link("customer_id", "Customer", "customers")
                .th("ลูกค้า")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                    "Cust ID", "Client", "Client name", "Account", "Account name", "Account code",
                    "Account ID", "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store",
                    "partner_id", "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
                ]),
            field::code("number", "Number").th("เลขที่").required().listed().example("LIC-55012").or(&[
                "License number", "Licence number", "License no", "License", "Permit number", "เลขที่ใบอนุญาต",
            ]),
            field::text("kind", "Kind")
                .th("ประเภท")
                .required()
                .listed()
                .example("liquor_retail")
                .or(&["License type", "Licence type", "License kind", "Permit type", "ประเภทใบอนุญาต"]),
            field::text("state", "State").th("รัฐ/จังหวัด").listed().example("CA").or(&[
                "Region", "Province", "State/Province", "State/Region", "State code", "Billing state",
                "Billing state/province", "Billing state code", "Mailing state", "Mailing state/province",
                "Default address province code", "SARegion", "PORegion", "County", "state_id", "จังหวัด", "รัฐ",
            ]),
            field::date("issued_on", "Issued")
                .th("วันที่ออก")
                .example("2025-01-01")
                .or(&["Issue date", "Date issued", "Valid from", "ออกให้เมื่อ"]),
            field::date("expires_on", "Expires").th("วันหมดอายุ").listed().sortable().example("2027-12-31").or(
                &[
                    "Expiry", "Expiry date", "Expiration date", "Valid until", "Valid to", "หมดอายุ",
                    "วันที่หมดอายุ",
                ],
            ),
            field::select("status", "Status", CUSTOMER_LICENSES_STATUS)
                .th("สถานะ")
                .default("\"ACTIVE\"")
                .listed()
                .example("ACTIVE")
                .or(&["License status"]),
        ])
        .keys(&[key(
            "customer_licenses_customer_id_kind_state_number_key",
            &["customer_id", "kind", "state", "number"],
        )])
        .named_by(&["number"])
        .owner(&["customer_id", "owner_id"])
        .checks(&[Check {
            constraint: Some("customer_licenses_period_check"),
            run: |doc| checks::not_before(doc, "issued_on", "expires_on"),
        }]);

/// A certificate that frees a customer from tax in one state.
pub static TAX_EXEMPTIONS: Entity =
    Entity::new("tax_exemptions", "tax_exemption", Area::Crm, Class::Customer)
        .labels(Text::of("Tax exemption", "การยกเว้นภาษี"), Text::of("Tax exemptions", "การยกเว้นภาษี"))
        .about("A certificate that frees a customer from tax in one state.")
        .fields(&[
            field::link("customer_id", "Customer", "customers")
                .th("ลูกค้า")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                    "Cust ID", "Client", "Client name", "Account", "Account name", "Account code",
                    "Account ID", "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store",
                    "partner_id", "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
                ]),
            field::text("state", "State")
                .th("รัฐ")
                .required()
                .listed()
                .example("CA")
                .or(&["State code", "Jurisdiction", "จังหวัด"]),
            field::code("certificate_no", "Certificate")
                .th("เลขที่หนังสือรับรอง")
                .required()
                .listed()
                .example("EX-2026-0042")
                .or(&["Certificate number", "Exemption certificate", "Exemption number", "เลขที่ใบรับรอง"]),
            field::date("valid_from", "Valid from").th("เริ่มใช้").required().listed().example("2026-01-01").or(
                &[
                    "Start date", "From", "From date", "Effective from", "Effective date", "Start",
                    "Starts on", "date_start", "วันที่เริ่ม", "ตั้งแต่วันที่", "เริ่มต้น",
                ],
            ),
            field::date("valid_to", "Valid to")
                .th("สิ้นสุด")
                .listed()
                .sortable()
                .help("The last day included.")
                .example("2026-12-31")
                .or(&[
                    "End date", "To", "To date", "Until", "Effective to", "End", "Valid until", "Expires",
                    "date_end", "วันที่สิ้นสุด", "ถึงวันที่",
                ]),
        ])
        .keys(&[key(
            "tax_exemptions_customer_id_state_certificate_no_key",
            &["customer_id", "state", "certificate_no"],
        )])
        .named_by(&["certificate_no"])
        .owner(&["customer_id", "owner_id"])
        .checks(&[Check {
            constraint: Some("tax_exemptions_period_check"),
            run: |doc| checks::not_before(doc, "valid_from", "valid_to"),
        }]);
