//! Suppliers.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Text},
};

/// Who makes or delivers products.
pub static SUPPLIERS: Entity = Entity::new("suppliers", "supplier", Area::Catalog, Class::Staff)
    .labels(Text::of("Supplier", "ผู้จัดจำหน่าย"), Text::of("Suppliers", "ผู้จัดจำหน่าย"))
    .about("Who makes or delivers products.")
    .fields(&[
        field::code("code", "Code").th("รหัส").listed().sortable().example("12").or(&[
            "SupplierID", "Supplier code", "Supplier no", "Supplier number", "Vendor code", "Vendor ID",
            "Vendor no", "Vendor number", "ID", "No", "รหัสผู้จัดจำหน่าย", "รหัสผู้ขาย", "รหัสซัพพลายเออร์",
        ]),
        field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Exotic Liquids").or(&[
            "CompanyName", "Company", "Supplier", "Supplier name", "Vendor", "Vendor name", "Business name",
            "Display name", "ชื่อผู้จัดจำหน่าย", "ชื่อผู้ขาย", "ซัพพลายเออร์", "ผู้จัดจำหน่าย", "ชื่อบริษัท",
        ]),
        field::text("contact", "Contact")
            .th("ผู้ติดต่อ")
            .listed()
            .help("Name of the person to speak to.")
            .example("Charlotte Cooper")
            .or(&["Contact name", "Contact person", "Primary contact", "Attention", "Attn", "ชื่อผู้ติดต่อ"]),
        field::email("email", "E-mail").th("อีเมล").example("maria@example.com").or(&[
            "Email address", "Mail", "Main email", "Primary email", "Contact email", "Billing email",
            "ที่อยู่อีเมล", "อีเมล์",
        ]),
        field::phone("phone", "Phone").th("โทรศัพท์").listed().example("030-0074321").or(&[
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
        field::text("region", "Region").th("ภูมิภาค").example("Asturias").or(&[
            "State", "Province", "State/Province", "Region name", "County", "state_id", "จังหวัด", "ภาค",
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
        field::url("website", "Website").th("เว็บไซต์").example("https://example.com").or(&[
            "Web", "URL", "Homepage", "Website URL", "Company domain name", "Domain", "Webpage", "Internet",
            "เว็บ",
        ]),
    ])
    .keys(&[key("suppliers_code_key", &["code"])])
    .matched_by(&[&["name"]])
    .named_by(&["code", "name", "email"])
    .title("name")
    .searchable()
    .children(&[child("products", "products", "supplier_id")])
    .custom_fields();
