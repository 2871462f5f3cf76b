//! A price list as people keep it in a workbook: a title and a date above the header, a second sheet of suppliers.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

/// Code, product, supplier, vintage, bottle price, on hand.
const PRODUCTS: &[(&str, &str, &str, u16, f64, u32)] = &[
    ("KV-SYR", "Khao Yai Syrah", "KHAO", 2021, 790.0, 120),
    ("KV-CHE", "Khao Yai Chenin Blanc", "KHAO", 2022, 690.0, 96),
    ("KV-ROS", "Khao Yai Rosé", "KHAO", 2023, 590.0, 60),
    ("AL-TIN", "Alto Tinto", "ALTO", 2020, 540.0, 240),
    ("AL-BRA", "Alto Branco", "ALTO", 2023, 520.0, 180),
    ("AL-RES", "Alto Reserva", "ALTO", 2018, 1_150.5, 36),
    ("MB-SAU", "Mount Bell Sauvignon Blanc", "BELL", 2023, 850.0, 144),
    ("MB-PIN", "Mount Bell Pinot Noir", "BELL", 2022, 1_290.0, 48),
    ("MB-SPA", "Mount Bell Sparkling", "BELL", 2020, 1_490.0, 24),
];

/// Code, name, contact, e-mail, country.
const SUPPLIERS: &[[&str; 5]] = &[
    ["KHAO", "Khao Yai Hillside Winery", "คุณอรุณ พงษ์ไพร", "sales@khaoyai-hillside.example", "Thailand"],
    ["ALTO", "Quinta do Alto", "Inês Carvalho", "export@quintadoalto.example", "Portugal"],
    ["BELL", "Mount Bell Estate", "Hemi Walker", "orders@mountbell.example", "New Zealand"],
];

pub fn file() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 5).unwrap();
    workbook.set_properties(&DocProperties::new().set_title("Price list").set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let money = Format::new().set_num_format("#,##0.00");
    let day = Format::new().set_num_format("yyyy-mm-dd");

    let sheet = workbook.add_worksheet().set_name("Price list").unwrap();
    sheet.write_with_format(0, 0, "Price list 2026", &bold).unwrap();
    sheet.write(1, 0, "Valid from").unwrap();
    sheet.write_with_format(1, 1, &created, &day).unwrap();
    for (column, header) in ["Product code", "Product name", "Supplier", "Vintage", "Unit price", "In stock"]
        .into_iter()
        .enumerate()
    {
        sheet.write_with_format(3, column as u16, header, &bold).unwrap();
    }
    for (index, (code, name, supplier, vintage, price, stock)) in PRODUCTS.iter().enumerate() {
        let row = 4 + index as u32;
        sheet.write(row, 0, *code).unwrap();
        sheet.write(row, 1, *name).unwrap();
        sheet.write(row, 2, *supplier).unwrap();
        sheet.write(row, 3, *vintage).unwrap();
        sheet.write_with_format(row, 4, *price, &money).unwrap();
        sheet.write(row, 5, *stock).unwrap();
    }

    let sheet = workbook.add_worksheet().set_name("Suppliers").unwrap();
    sheet.write_with_format(0, 0, "Who makes it", &bold).unwrap();
    for (column, header) in
        ["Supplier code", "Supplier name", "Contact", "E-mail", "Country"].into_iter().enumerate()
    {
        sheet.write_with_format(2, column as u16, header, &bold).unwrap();
    }
    for (index, supplier) in SUPPLIERS.iter().enumerate() {
        for (column, cell) in supplier.iter().enumerate() {
            sheet.write(3 + index as u32, column as u16, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}
