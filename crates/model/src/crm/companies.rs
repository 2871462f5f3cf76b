//! The directory of businesses.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const COMPANIES_STATUS: &[Choice] = &[
    choice("PROSPECT", "Prospect", "ผู้มุ่งหวัง").or(&["lead", "new", "open", "potential"]),
    choice("CUSTOMER", "Customer", "ลูกค้า").or(&["client", "active", "won"]),
    choice("INACTIVE", "Inactive", "ไม่ใช้งาน").or(&["closed", "lost", "disabled"]),
];

/// Any business in the tenant's directory, prospect or not.
pub static COMPANIES: Entity = Entity::new("companies", "company", Area::Crm, Class::Staff)
    .labels(Text::of("Company", "บริษัท"), Text::of("Companies", "บริษัท"))
    .about("Any business in the tenant's directory, prospect or not.")
    .fields(&[
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Harborview Holdings")
            .or(&[
                "CompanyName", "Company", "Account name", "Business name", "Organization", "Organisation",
                "Legal name", "Company legal name", "Firm", "Trading name", "Display name", "บริษัท", "ชื่อบริษัท",
                "ชื่อกิจการ", "ชื่อนิติบุคคล",
            ]),
        field::code("registration_no", "Registration number")
            .th("เลขทะเบียน")
            .indexed()
            .example("0105551234567")
            .or(&[
                "Reg no", "Company number", "Company registration", "Registration", "company_registry",
                "เลขทะเบียนนิติบุคคล", "ทะเบียนการค้า", "เลขทะเบียนการค้า",
            ]),
        field::code("tax_id", "Tax ID").th("เลขประจำตัวผู้เสียภาษี").indexed().example("0105551234567").or(&[
            "Tax number", "VAT", "VAT number", "VAT ID", "TIN", "EIN", "GST number", "Tax no",
            "Tax registration number", "เลขผู้เสียภาษี", "เลขภาษี",
        ]),
        field::text("industry", "Industry")
            .th("อุตสาหกรรม")
            .listed()
            .example("Hospitality")
            .or(&["Sector", "Business type", "Industry type", "Vertical", "ประเภทธุรกิจ", "กลุ่มธุรกิจ"]),
        field::text("size", "Size")
            .th("ขนาดกิจการ")
            .help("Number of people, as written.")
            .example("11-50")
            .or(&[
                "Company size", "Employees", "Number of employees", "No of employees", "Headcount",
                "Employee count", "จำนวนพนักงาน",
            ]),
        field::url("website", "Website").th("เว็บไซต์").example("https://example.com").or(&[
            "Web", "URL", "Homepage", "Website URL", "Company domain name", "Domain", "Webpage", "Internet",
            "เว็บ",
        ]),
        field::phone("phone", "Phone").th("โทรศัพท์").example("030-0074321").or(&[
            "Phone number", "Telephone", "Tel", "Tel no", "Phone no", "Mobile", "Mobile phone",
            "Mobile number", "Main phone", "Cell", "Contact phone", "Business phone",
            "Default address phone", "เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "มือถือ", "เบอร์มือถือ",
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
        field::text("province", "Province").th("จังหวัด").example("Bangkok").or(&[
            "State", "Region", "State/Region", "State/Province", "Billing state", "County", "state_id", "ภาค",
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
        field::tags("tags", "Tags")
            .th("ป้ายกำกับ")
            .default("[]")
            .example("wine")
            .or(&["Tag", "Labels", "Categories", "category_id", "แท็ก"]),
        field::select("status", "Status", COMPANIES_STATUS)
            .th("สถานะ")
            .default("\"PROSPECT\"")
            .listed()
            .sortable()
            .example("PROSPECT")
            .or(&["Company status", "Lead status", "Lifecycle stage", "สถานะบริษัท"]),
        field::text("source", "Source")
            .th("แหล่งที่มา")
            .example("trade fair")
            .or(&["Lead source", "Original source", "Origin", "Channel", "แหล่งข้อมูล", "ที่มา"]),
        field::link("owner_id", "Owner", "users").th("ผู้ดูแล").listed().indexed().or(&[
            "Account owner", "Account manager", "Sales rep", "Sales representative", "Salesperson", "Rep",
            "Record owner", "Contact owner", "Company owner", "Assigned to", "user_id", "พนักงานขาย",
            "เจ้าของบัญชี", "ผู้รับผิดชอบ", "เซลส์",
        ]),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .help("For staff only.")
            .example("Delivery before noon")
            .or(&[
                "Note", "Comments", "Comment", "Remarks", "Remark", "Memo", "Internal note", "Description",
                "บันทึก", "ข้อสังเกต",
            ]),
    ])
    .keys(&[key("companies_registration_no_key", &["registration_no"])])
    .matched_by(&[&["tax_id"], &["name"]])
    .named_by(&["registration_no", "tax_id", "name", "email"])
    .title("name")
    .searchable()
    .children(&[
        child("customers", "customers", "company_id"),
        child("contacts", "contacts", "company_id"),
        child("activities", "activities", "company_id"),
    ])
    .owner(&["owner_id"])
    .custom_fields();
