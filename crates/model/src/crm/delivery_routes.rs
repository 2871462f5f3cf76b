//! Delivery routes and their stops.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const WEEKDAYS: &[Choice] = &[
    choice("monday", "Monday", "วันจันทร์").or(&["mon", "จันทร์", "จ."]),
    choice("tuesday", "Tuesday", "วันอังคาร").or(&["tue", "tues", "อังคาร", "อ."]),
    choice("wednesday", "Wednesday", "วันพุธ").or(&["wed", "พุธ", "พ."]),
    choice("thursday", "Thursday", "วันพฤหัสบดี").or(&["thu", "thurs", "พฤหัสบดี", "พฤหัส", "พฤ."]),
    choice("friday", "Friday", "วันศุกร์").or(&["fri", "ศุกร์", "ศ."]),
    choice("saturday", "Saturday", "วันเสาร์").or(&["sat", "เสาร์", "ส."]),
    choice("sunday", "Sunday", "วันอาทิตย์").or(&["sun", "อาทิตย์", "อา."]),
];

/// A round that a driver makes on a day of the week.
pub static DELIVERY_ROUTES: Entity =
    Entity::new("delivery_routes", "delivery_route", Area::Crm, Class::Staff)
        .labels(Text::of("Delivery route", "เส้นทางส่งของ"), Text::of("Delivery routes", "เส้นทางส่งของ"))
        .about("A round that a driver makes on a day of the week.")
        .fields(&[
            field::code("code", "Code")
                .th("รหัส")
                .required()
                .listed()
                .sortable()
                .example("NORTH")
                .or(&["Route code", "Route", "Route no", "Route ID", "Run", "รหัสเส้นทาง"]),
            field::text("name", "Name")
                .th("ชื่อ")
                .required()
                .listed()
                .sortable()
                .example("North side")
                .or(&["Route name", "Description", "Area", "ชื่อเส้นทาง", "เส้นทาง"]),
            field::select("weekday", "Weekday", WEEKDAYS)
                .th("วันส่งของ")
                .listed()
                .or(&["Day", "Delivery day", "วัน"]),
            field::text("driver", "Driver")
                .th("พนักงานขับรถ")
                .listed()
                .example("Somsak")
                .or(&["Driver name", "คนขับ", "คนขับรถ"]),
            field::paragraph("notes", "Notes")
                .th("หมายเหตุ")
                .or(&["Note", "Comments", "Remarks", "Memo", "บันทึก"]),
        ])
        .keys(&[key("delivery_routes_code_key", &["code"])])
        .named_by(&["code", "name"])
        .searchable()
        .children(&[
            child("stops", "delivery_route_stops", "delivery_route_id"),
            child("customers", "customers", "delivery_route_id"),
        ])
        .custom_fields();

/// A customer's place on a route.
pub static DELIVERY_ROUTE_STOPS: Entity =
    Entity::new("delivery_route_stops", "delivery_route_stop", Area::Crm, Class::Staff)
        .labels(Text::of("Route stop", "จุดส่งของ"), Text::of("Route stops", "จุดส่งของ"))
        .about("A customer's place on a route.")
        .fields(&[
            field::link("delivery_route_id", "Delivery route", "delivery_routes")
                .th("เส้นทางส่งของ")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Route", "Route code", "Route name", "Delivery run", "Delivery route code", "เส้นทาง",
                    "รหัสเส้นทาง", "สายส่ง",
                ]),
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
            field::integer("position", "Position", 1, i32::MAX as i64)
                .th("ลำดับ")
                .required()
                .listed()
                .example("1")
                .or(&["Line", "Line no", "Line number", "No", "Seq", "Sequence", "Order", "ลำดับที่"]),
        ])
        .keys(&[key(
            "delivery_route_stops_delivery_route_id_customer_id_key",
            &["delivery_route_id", "customer_id"],
        )])
        .permanent()
        .without_creation_index();
