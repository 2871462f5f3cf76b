//! Orders as a flat export: header and line in one row, one order over several rows, and some rows that are wrong.

/// Orders that are right: number, day, customer, shipped on, lines of (product, quantity, price, discount in percent).
type Order = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, u32, &'static str, &'static str)],
);

const GOOD: &[Order] = &[
    (
        "SO-1001",
        "2026-01-12",
        "00101",
        "2026-01-14",
        &[("KV-SYR", 12, "790.00", "0"), ("AL-TIN", 24, "540.00", "5")],
    ),
    (
        "SO-1002",
        "2026-01-13",
        "00103",
        "2026-01-15",
        &[("MB-SAU", 6, "850.00", "0"), ("MB-PIN", 6, "1290.00", "0"), ("AL-BRA", 12, "520.00", "10")],
    ),
    ("SO-1003", "2026-01-19", "00102", "2026-01-20", &[("AL-BRA", 12, "520.00", "0")]),
    (
        "SO-1004",
        "2026-01-22",
        "00106",
        "2026-01-26",
        &[("KV-CHE", 24, "690.00", "8"), ("KV-ROS", 12, "590.00", "8"), ("MB-SPA", 6, "1490.00", "0")],
    ),
    ("SO-1005", "2026-02-02", "00110", "2026-02-03", &[("MB-SPA", 12, "1490.00", "12.5")]),
    ("SO-1006", "2026-02-04", "00107", "", &[("AL-RES", 3, "1150.50", "0"), ("KV-SYR", 6, "790.00", "0")]),
    ("SO-1007", "2026-02-09", "00104", "", &[("KV-ROS", 6, "590.00", "0")]),
];

/// Rows that are wrong: an unknown customer, a day that does not exist, a quantity that is no number, a cell too few,
/// and an order whose rows disagree about the customer.
const BAD: &[&str] = &[
    "SO-1008,2026-02-10,00999,,KV-SYR,6,790.00,0", "SO-1009,2026-02-30,00101,,KV-CHE,6,690.00,0",
    "SO-1010,2026-02-11,00102,,AL-TIN,six,540.00,0", "SO-1011,2026-02-12,00105,,MB-SAU,6",
    "SO-1012,2026-02-13,00109,,MB-PIN,2,1290.00,0", "SO-1012,2026-02-13,00111,,AL-BRA,6,520.00,0",
];

pub fn file() -> Vec<u8> {
    let mut text = String::from(
        "Order no,Order date,Customer code,Shipped date,Product code,Quantity,Unit price,Discount %\n",
    );
    for (number, day, customer, shipped, lines) in GOOD {
        for (product, quantity, price, discount) in *lines {
            text.push_str(&format!(
                "{number},{day},{customer},{shipped},{product},{quantity},{price},{discount}\n"
            ));
        }
    }
    for row in BAD {
        text.push_str(row);
        text.push('\n');
    }
    text.into_bytes()
}
