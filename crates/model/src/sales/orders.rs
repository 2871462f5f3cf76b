//! Orders.

use serde_json::Value;

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const ORDERS_STATUS: &[Choice] = &[
    choice("draft", "Draft", "ฉบับร่าง").or(&["quote", "quotation", "open quote", "ร่าง"]),
    choice("pending_approval", "Pending approval", "รออนุมัติ").or(&["pending", "on hold", "awaiting approval"]),
    choice("confirmed", "Confirmed", "ยืนยันแล้ว")
        .or(&["open", "processing", "in progress", "sale", "sales order", "paid", "unfulfilled"]),
    choice("closed", "Closed", "ปิดแล้ว").or(&[
        "shipped", "completed", "complete", "done", "fulfilled", "delivered", "invoiced", "เสร็จสิ้น", "ส่งแล้ว",
    ]),
    choice("cancelled", "Cancelled", "ยกเลิก").or(&["canceled", "void", "voided", "refunded"]),
    choice("expired", "Expired", "หมดอายุ").or(&["lapsed"]),
];

const ORDERS_FULFILMENT_STATE: &[Choice] = &[
    choice("none", "None", "ยังไม่ส่ง").or(&["unfulfilled", "not shipped"]),
    choice("partial", "Partial", "บางส่วน").or(&["partially fulfilled"]),
    choice("full", "Full", "ครบ").or(&["fulfilled", "shipped"]),
];

const ORDERS_INVOICING_STATE: &[Choice] = &[
    choice("none", "None", "ยังไม่วางบิล").or(&["not invoiced", "to invoice"]),
    choice("partial", "Partial", "บางส่วน").or(&["partially invoiced"]),
    choice("full", "Full", "ครบ").or(&["invoiced", "fully invoiced"]),
];

const ORDERS_PAYMENT_STATE: &[Choice] = &[
    choice("none", "None", "ยังไม่ชำระ").or(&["unpaid", "pending"]),
    choice("partial", "Partial", "บางส่วน").or(&["partially paid"]),
    choice("full", "Full", "ครบ").or(&["paid"]),
];

const ORDERS_SOURCE: &[Choice] = &[
    choice("staff", "Staff", "พนักงาน").or(&["manual", "pos", "phone"]),
    choice("portal", "Portal", "พอร์ทัล").or(&["web", "online", "shop"]),
    choice("api", "API", "API"),
    choice("import", "Import", "นำเข้า"),
];

/// What a customer ordered. A draft has no number; fulfilment, invoicing and payment are derived.
pub static ORDERS: Entity = Entity::new("orders", "order", Area::Sales, Class::Customer)
    .labels(Text::of("Order", "คำสั่งซื้อ"), Text::of("Orders", "คำสั่งซื้อ"))
    .about("What a customer ordered. A draft has no number; fulfilment, invoicing and payment are derived.")
    .fields(&[
        field::code("number", "Number")
            .th("เลขที่")
            .by_import()
            .listed()
            .sortable()
            .example("SO-2026-00001")
            .or(&[
                "OrderID", "Order number", "Order no", "Order #", "Order", "Order name", "Sales order",
                "Sales order no", "SO number", "SO no", "Order ref", "Order reference", "Document number",
                "เลขที่คำสั่งซื้อ", "เลขที่ใบสั่งซื้อ", "เลขที่เอกสาร", "เลขที่ใบสั่งขาย",
            ]),
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        field::select("status", "Status", ORDERS_STATUS)
            .th("สถานะ")
            .default("\"draft\"")
            .by_import()
            .listed()
            .indexed()
            .example("confirmed")
            .or(&["Order status", "State", "สถานะคำสั่งซื้อ"]),
        field::select("fulfilment_state", "Fulfilment", ORDERS_FULFILMENT_STATE)
            .th("การส่งมอบ")
            .default("\"none\"")
            .by_import()
            .listed()
            .sortable()
            .help("Derived from shipped quantities.")
            .example("none")
            .or(&["Fulfillment status", "Fulfilment status", "Delivery status", "สถานะการจัดส่ง"]),
        field::select("invoicing_state", "Invoicing", ORDERS_INVOICING_STATE)
            .th("การวางบิล")
            .default("\"none\"")
            .by_import()
            .help("Derived from invoiced quantities.")
            .example("none")
            .or(&["Invoice status", "สถานะการวางบิล"]),
        field::select("payment_state", "Payment", ORDERS_PAYMENT_STATE)
            .th("การชำระ")
            .default("\"none\"")
            .by_import()
            .listed()
            .sortable()
            .help("Derived from allocations.")
            .example("none")
            .or(&["Payment status", "Financial status", "สถานะการชำระเงิน"]),
        field::currency("currency", "Currency").th("สกุลเงิน").required().help("ISO code.").example("USD").or(
            &[
                "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id",
                "หน่วยเงิน",
            ],
        ),
        field::timestamp("ordered_at", "Ordered")
            .th("สั่งเมื่อ")
            .default(field::NOW)
            .listed()
            .sortable()
            .example("2026-01-31T09:30:00Z")
            .or(&[
                "OrderDate", "Date", "Ordered on", "Created at", "Sales order date", "Date ordered",
                "date_order", "Transaction date", "วันที่สั่ง", "วันที่สั่งซื้อ", "วันที่",
            ]),
        field::date("requested_on", "Requested for")
            .th("วันที่ต้องการ")
            .listed()
            .sortable()
            .help("The day the customer wants it.")
            .example("2026-02-14")
            .or(&[
                "RequiredDate", "Requested date", "Requested delivery date", "Delivery date", "Need by",
                "Ship by", "commitment_date", "วันที่ต้องการสินค้า", "วันที่ส่ง", "กำหนดส่ง",
            ]),
        field::date("shipped_on", "Shipped")
            .th("วันที่ส่งของ")
            .by_import()
            .help("Day an imported order was shipped; sets its shipped quantities.")
            .example("2026-02-02")
            .or(&[
                "ShippedDate", "Ship date", "Date shipped", "Fulfilled at", "Delivered on", "วันที่จัดส่ง",
                "ส่งเมื่อ",
            ]),
        field::text("ship_to_name", "Ship to")
            .th("ชื่อผู้รับ")
            .example("Vins et alcools Chevalier")
            .or(&["ShipName", "Shipping name", "Recipient", "Deliver to", "Consignee", "ผู้รับ", "ชื่อผู้รับสินค้า"]),
        field::paragraph("ship_to_address", "Ship to: address")
            .th("ที่อยู่จัดส่ง")
            .example("59 rue de l'Abbaye")
            .or(&[
                "ShipAddress", "Shipping address", "Shipping street", "Shipping address1",
                "Delivery address", "Deliver to address", "ที่อยู่ในการจัดส่ง", "ที่อยู่ส่งของ",
            ]),
        field::text("ship_to_city", "Ship to: city")
            .th("เมืองที่จัดส่ง")
            .example("Reims")
            .or(&["ShipCity", "Shipping city", "Delivery city", "อำเภอจัดส่ง"]),
        field::text("ship_to_state", "Ship to: state").th("จังหวัดที่จัดส่ง").example("Grand Est").or(&[
            "ShipRegion", "Ship state", "Shipping state", "Shipping province", "Ship to region",
            "Delivery state", "จังหวัดจัดส่ง",
        ]),
        field::text("ship_to_postal_code", "Ship to: postal code").th("รหัสไปรษณีย์ที่จัดส่ง").example("51100").or(
            &[
                "ShipPostalCode", "Shipping zip", "Shipping postal code", "Ship zip", "Shipping postcode",
                "Delivery postcode", "ไปรษณีย์จัดส่ง",
            ],
        ),
        field::country("ship_to_country", "Ship to: country")
            .th("ประเทศที่จัดส่ง")
            .example("FR")
            .or(&["ShipCountry", "Shipping country", "Shipping country code", "Delivery country"]),
        field::money("freight", "Freight")
            .th("ค่าขนส่ง")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .example("32.38")
            .or(&[
                "Shipping", "Shipping cost", "Shipping amount", "Delivery charge", "Freight charge",
                "Shipping charge", "Delivery fee", "ค่าจัดส่ง", "ค่าส่ง",
            ]),
        field::money("subtotal", "Subtotal")
            .th("ยอดก่อนภาษี")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .help("Sum of the lines, before discount, tax and freight.")
            .example("440.00")
            .or(&[
                "Net", "Net total", "Net amount", "Untaxed amount", "amount_untaxed", "ยอดรวมก่อนภาษี",
                "มูลค่าก่อนภาษี",
            ]),
        field::money("discount", "Order discount")
            .th("ส่วนลดท้ายบิล")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .help("An amount off the whole order.")
            .example("0.00")
            .or(&["Discount amount", "Total discount", "Discount total", "ส่วนลดรวม"]),
        field::money("tax", "Tax")
            .th("ภาษี")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .example("30.80")
            .or(&[
                "Tax amount", "VAT", "VAT amount", "Total tax", "Sales tax", "GST", "Taxes", "amount_tax",
                "ภาษีมูลค่าเพิ่ม", "ภาษีขาย",
            ]),
        field::money("total", "Total")
            .th("ยอดรวม")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .listed()
            .sortable()
            .example("470.80")
            .or(&[
                "Grand total", "Total amount", "Order total", "Invoice total", "Invoice amount", "Amount",
                "Amount total", "Gross total", "Total due", "Total price", "รวมทั้งสิ้น", "ยอดรวมทั้งสิ้น", "ยอดสุทธิ",
                "จำนวนเงินรวม",
            ]),
        field::link("sales_rep_id", "Sales rep", "users").th("พนักงานขาย").staff_only().indexed().or(&[
            "Sales representative", "Salesperson", "Rep", "Sold by", "Account manager", "Seller", "user_id",
            "เซลส์", "ผู้ขาย",
        ]),
        field::link("portal_user_id", "Portal user", "portal_users").th("ผู้ใช้พอร์ทัล").read_only().indexed(),
        field::link("cart_id", "Cart", "carts").th("ตะกร้า").read_only().indexed(),
        field::select("source", "Source", ORDERS_SOURCE)
            .th("ช่องทาง")
            .default("\"staff\"")
            .by_import()
            .staff_only()
            .example("staff")
            .or(&["Sales channel", "Source name"]),
        field::boolean("imported", "Imported")
            .th("นำเข้า")
            .default("false")
            .read_only()
            .help("Came from an import: no number drawn, no stock moved, nothing sent.")
            .example("true"),
        field::json("overrides", "Overrides")
            .th("การยกเว้น")
            .default("[]")
            .read_only()
            .staff_only()
            .help("Gates passed by permission, with reasons."),
        field::paragraph("cancel_reason", "Reason of cancellation")
            .th("เหตุผลที่ยกเลิก")
            .by_import()
            .example("Ordered twice")
            .or(&["Cancellation reason", "Reason cancelled"]),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .staff_only()
            .help("For staff only.")
            .example("Call before delivery")
            .or(&["Note", "Comments", "Remarks", "Memo", "Internal note", "Order notes", "บันทึก"]),
    ])
    .keys(&[key("orders_number_key", &["number"]), key("orders_cart_id_key", &["cart_id"])])
    .named_by(&["number"])
    .searchable()
    .children(&[
        child("lines", "order_lines", "order_id"),
        child("shipments", "shipments", "order_id"),
        child("invoices", "invoices", "order_id"),
        child("payments", "payments", "order_id"),
        child("returns", "returns", "order_id"),
    ])
    .owner(&["customer_id", "owner_id"])
    .checks(&[
        Check {
            constraint: Some("orders_number_check"),
            run: |doc| checks::needed_when(doc, "number", "status", &["confirmed", "closed"]),
        },
        Check {
            constraint: Some("orders_cancel_reason_check"),
            run: |doc| match doc.get("imported") {
                Some(Value::Bool(true)) => vec![],
                _ => checks::needed_when(doc, "cancel_reason", "status", &["cancelled"]),
            },
        },
    ])
    .custom_fields();
