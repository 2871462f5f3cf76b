//! Customers.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice, flag},
};

const CUSTOMERS_KIND: &[Choice] = &[
    choice("business", "Business", "ธุรกิจ")
        .or(&["company", "organization", "b2b", "corporate", "นิติบุคคล", "บริษัท"]),
    choice("person", "Person", "บุคคล").or(&["individual", "private", "consumer", "b2c", "บุคคลธรรมดา"]),
];

const CUSTOMERS_ACCOUNT_TYPE: &[Choice] = &[
    choice("ACTIVE", "Active", "ใช้งาน").or(&["customer", "existing", "current"]),
    choice("TARGET", "Target", "เป้าหมาย").or(&["lapsed", "lead"]),
    choice("PROSPECT", "Prospect", "ผู้มุ่งหวัง").or(&["new", "potential"]),
];

const CUSTOMERS_STATUS: &[Choice] = &[
    choice("ACTIVE", "Active", "ใช้งาน").or(&["open", "enabled", "ปกติ"]),
    choice("INACTIVE", "Inactive", "ไม่ใช้งาน").or(&["closed", "disabled", "archived", "เลิกใช้"]),
    choice("BLOCKED", "Blocked", "ระงับ").or(&["on hold", "credit hold", "suspended", "stopped"]),
];

const CUSTOMERS_RISK_STATUS: &[Choice] = &[
    choice("HEALTHY", "Healthy", "ดี").or(&["good", "ok", "green"]),
    choice("WATCH", "Watch", "เฝ้าดู").or(&["yellow", "warning"]),
    choice("AT_RISK", "At risk", "เสี่ยง").or(&["red", "danger"]),
    choice("CLOSED", "Closed", "ปิด").or(&["lost"]),
];

/// An account the tenant sells to or serves, business or person.
pub static CUSTOMERS: Entity = Entity::new("customers", "customer", Area::Crm, Class::Customer)
    .labels(Text::of("Customer", "ลูกค้า"), Text::of("Customers", "ลูกค้า"))
    .about("An account the tenant sells to or serves, business or person.")
    .fields(&[
        field::code("code", "Code")
            .th("รหัส")
            .listed()
            .sortable()
            .help("What people and files call the customer.")
            .example("ALFKI")
            .or(&[
                "CustomerID", "Customer code", "Customer no", "Customer number", "Cust no", "Cust ID",
                "Cust code", "Account number", "Account no", "Account code", "Account ID", "Client ID",
                "Client code", "Customer ref", "Reference", "Ref", "Store number", "ID", "No", "รหัสลูกค้า",
                "เลขที่ลูกค้า", "หมายเลขลูกค้า", "รหัสบัญชี",
            ]),
        field::select("kind", "Kind", CUSTOMERS_KIND)
            .th("ประเภท")
            .default("\"business\"")
            .help("A business or a person.")
            .example("business")
            .or(&["Customer kind", "Business or person", "Company type", "is_company", "บุคคล/นิติบุคคล"])
            .flags(&[flag("Is a company", "business", "person"), flag("is_company", "business", "person")]),
        field::link("company_id", "Company", "companies")
            .th("บริษัท")
            .staff_only()
            .indexed()
            .help("The directory entry this account belongs to.")
            .or(&[
                "Parent company", "Parent account", "Associated company", "Holding", "parent_id", "บริษัทแม่",
            ]),
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Alfreds Futterkiste")
            .or(&[
                "CompanyName", "Customer name", "Customer", "Full name", "Account name", "Client",
                "Client name", "Business name", "Display name", "Trading name", "Store name",
                "Display name as", "ชื่อลูกค้า", "ลูกค้า", "ชื่อร้าน", "ร้านค้า", "ชื่อ-นามสกุล",
            ]),
        field::email("email", "E-mail")
            .th("อีเมล")
            .keyed("email_key")
            .indexed()
            .example("maria@example.com")
            .or(&[
                "Email address", "Mail", "Main email", "Primary email", "Contact email", "Billing email",
                "ที่อยู่อีเมล", "อีเมล์",
            ]),
        field::phone("phone", "Phone").th("โทรศัพท์").example("030-0074321").or(&[
            "Phone number", "Telephone", "Tel", "Tel no", "Phone no", "Mobile", "Mobile phone",
            "Mobile number", "Main phone", "Cell", "Contact phone", "Business phone",
            "Default address phone", "เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "มือถือ", "เบอร์มือถือ",
        ]),
        field::paragraph("address", "Address")
            .th("ที่อยู่")
            .help("Street and house; city and postal code stand in fields of their own.")
            .example("Obere Str. 57")
            .or(&[
                "Street", "Street address", "Address line 1", "Address 1", "Addr", "Billing street",
                "Billing address", "Billing address line 1", "Mailing street", "Mailing address",
                "Bill addr", "Bill street", "Shipping street", "SAAddressLine1", "POAddressLine1",
                "Default address address1", "ที่อยู่ลูกค้า", "บ้านเลขที่", "ถนน",
            ]),
        field::text("city", "City").th("เมือง").listed().example("Berlin").or(&[
            "Town", "Billing city", "Mailing city", "City/Town", "Bill city", "Default address city",
            "SACity", "POCity", "อำเภอ", "เขต", "อำเภอ/เขต",
        ]),
        field::text("state", "State").th("รัฐ/จังหวัด").example("CA").or(&[
            "Region", "Province", "State/Province", "State/Region", "State code", "Billing state",
            "Billing state/province", "Billing state code", "Mailing state", "Mailing state/province",
            "Default address province code", "SARegion", "PORegion", "County", "state_id", "จังหวัด", "รัฐ",
        ]),
        field::text("postal_code", "Postal code").th("รหัสไปรษณีย์").example("12209").or(&[
            "Zip", "Zip code", "Post code", "Billing zip", "Billing zip/postal code", "Billing postal code",
            "Mailing zip", "Mailing zip/postal code", "Zip/postal code", "Default address zip",
            "SAPostalCode", "POPostalCode", "ไปรษณีย์",
        ]),
        field::country("country", "Country")
            .th("ประเทศ")
            .listed()
            .help("Name or ISO code.")
            .example("DE")
            .or(&[
                "Country code", "Country/Region", "Country name", "Billing country", "Billing country code",
                "Mailing country", "Nation", "Default address country code", "SACountry", "POCountry",
                "country_id", "รหัสประเทศ",
            ]),
        field::code("line_user_id", "LINE user")
            .th("LINE ID")
            .staff_only()
            .indexed()
            .help("Id of the LINE Official Account's contact.")
            .example("U4af4980629")
            .or(&["ไลน์", "ไลน์ไอดี", "ไอดีไลน์"]),
        field::code("tier", "Tier")
            .th("ระดับ")
            .staff_only()
            .help("Group of customers that shares price lists.")
            .example("GOLD")
            .or(&[
                "Customer tier", "Price tier", "Customer group", "Price group", "Segment", "Level", "Grade",
                "กลุ่มลูกค้า", "ระดับลูกค้า", "เกรด",
            ]),
        field::select("account_type", "Account type", CUSTOMERS_ACCOUNT_TYPE)
            .th("ประเภทบัญชี")
            .default("\"PROSPECT\"")
            .staff_only()
            .sortable()
            .help("Active accounts ordered in the last six months, targets earlier, prospects never.")
            .example("ACTIVE")
            .or(&["Acct type", "Lifecycle stage", "Customer type", "ประเภทลูกค้า"]),
        field::link("owner_id", "Owner", "users").th("ผู้ดูแล").staff_only().listed().indexed().or(&[
            "Account owner", "Account manager", "Sales rep", "Sales representative", "Salesperson", "Rep",
            "Record owner", "Contact owner", "Company owner", "Assigned to", "user_id", "พนักงานขาย",
            "เจ้าของบัญชี", "ผู้รับผิดชอบ", "เซลส์",
        ]),
        field::money("credit_limit", "Credit limit")
            .th("วงเงินเครดิต")
            .non_negative()
            .staff_only()
            .help("Most the account may owe; empty for no limit.")
            .example("5000.00")
            .or(&["Credit", "Max credit", "Credit line", "Limit", "วงเงิน", "เครดิต"]),
        field::integer("payment_terms_days", "Payment terms", 0, 3650)
            .th("เครดิต (วัน)")
            .help("Days from invoice to due date.")
            .example("30")
            .or(&[
                "Terms", "Net days", "Credit days", "Credit term", "Terms days", "Payment days", "เครดิตเทอม",
                "เงื่อนไขการชำระ", "ระยะเวลาเครดิต",
            ]),
        field::currency("currency", "Currency").th("สกุลเงิน").help("ISO code.").example("USD").or(&[
            "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id", "หน่วยเงิน",
        ]),
        field::link("delivery_route_id", "Delivery route", "delivery_routes")
            .th("เส้นทางส่งของ")
            .staff_only()
            .indexed()
            .or(&[
                "Route", "Route code", "Route name", "Delivery run", "Delivery route code", "เส้นทาง",
                "รหัสเส้นทาง", "สายส่ง",
            ]),
        field::select("status", "Status", CUSTOMERS_STATUS)
            .th("สถานะ")
            .default("\"ACTIVE\"")
            .listed()
            .sortable()
            .example("ACTIVE")
            .or(&["Customer status", "Account status", "สถานะลูกค้า", "สถานะบัญชี"])
            .flags(&[
                flag("Active", "ACTIVE", "INACTIVE"),
                flag("Is active", "ACTIVE", "INACTIVE"),
                flag("Inactive", "INACTIVE", "ACTIVE"),
                flag("Blocked", "BLOCKED", "ACTIVE"),
                flag("Archived", "INACTIVE", "ACTIVE"),
            ]),
        field::select("risk_status", "Risk", CUSTOMERS_RISK_STATUS)
            .th("ความเสี่ยง")
            .default("\"HEALTHY\"")
            .by_import()
            .staff_only()
            .listed()
            .sortable()
            .help("Band of account health.")
            .example("HEALTHY")
            .or(&["Health", "Account health", "Health status", "สถานะความเสี่ยง"]),
        field::timestamp("last_order_at", "Last order")
            .th("สั่งซื้อล่าสุด")
            .by_import()
            .listed()
            .sortable()
            .example("2026-01-31T09:30:00Z")
            .or(&[
                "Last order date", "Last purchase", "Last purchase date", "Last ordered", "สั่งครั้งล่าสุด",
                "วันที่สั่งซื้อล่าสุด",
            ]),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .staff_only()
            .help("For staff only.")
            .example("Delivery before noon")
            .or(&[
                "Note", "Comments", "Comment", "Remarks", "Remark", "Memo", "Internal note", "Description",
                "บันทึก", "ข้อสังเกต",
            ]),
    ])
    .keys(&[key("customers_code_key", &["code"]), key("customers_line_user_id_key", &["line_user_id"])])
    .matched_by(&[&["email"], &["name"]])
    .named_by(&["code", "email", "line_user_id", "name"])
    .searchable()
    .children(&[
        child("contacts", "contacts", "customer_id"),
        child("orders", "orders", "customer_id"),
        child("invoices", "invoices", "customer_id"),
        child("payments", "payments", "customer_id"),
        child("shipments", "shipments", "customer_id"),
        child("returns", "returns", "customer_id"),
        child("service_jobs", "service_jobs", "customer_id"),
        child("activities", "activities", "customer_id"),
        child("licenses", "customer_licenses", "customer_id"),
        child("tax_exemptions", "tax_exemptions", "customer_id"),
        child("portal_users", "portal_users", "customer_id"),
        child("price_lists", "price_list_assignments", "customer_id"),
        child("files", "files", "customer_id"),
    ])
    .owner(&["owner_id"])
    .custom_fields();
