//! Sample files: what is downloaded comes back in without an error, for every kind of record.

use work::{
    export::{Format, Layout},
    import::{self, DATA_TYPES, DataType, Role},
};

use crate::house::{House, options};

/// Data types in the order of their links: what a sample names was brought in before it.
fn in_order() -> Vec<&'static DataType> {
    let links = |kind: &DataType| {
        let of = |entity: &'static str| kind.parts.iter().all(|part| part.entity != entity);
        kind.parts
            .iter()
            .flat_map(|part| part.description().fields.iter().filter(|field| field.required))
            .filter_map(|field| field.link())
            .filter(|entity| of(entity))
            .collect::<Vec<_>>()
    };
    let mut waiting: Vec<&DataType> = DATA_TYPES.iter().collect();
    let mut order: Vec<&DataType> = vec![];
    while !waiting.is_empty() {
        let names: Vec<&str> = waiting.iter().map(|kind| kind.name).collect();
        let free = |kind: &&DataType| links(kind).iter().all(|to| !names.contains(to));
        let at = waiting.iter().position(free).unwrap_or_else(|| panic!("a circle among {names:?}"));
        order.push(waiting.remove(at));
    }
    order
}

/// Their records point at others that have nothing but an id.
const WITHOUT_RECORD: [&str; 2] = ["external_ids", "cart_items"];

fn csv() -> Layout {
    Layout { bom: true, ..Format::Csv.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_comes_back_in_without_an_error() {
    for layout in [csv(), Format::Xlsx.into()] {
        let house = House::new().await;
        let mut wrong = vec![];
        for kind in in_order() {
            let name = format!("{}.{}", kind.name, layout.format.name());
            let file = house.file(&name, import::sample(kind, layout).unwrap());
            let said = import::Options { data_type: Some(kind.name.into()), ..options() };
            let batch = house.dry(&[file], &said).await;
            house.commit(batch).await.unwrap();
            let report = house.report(batch).await;
            let file = &report.files[0];
            let open: Vec<&String> = file.ignored.iter().collect();
            // What no file can name has no record in its sample.
            let rows = u64::from(!WITHOUT_RECORD.contains(&kind.name));
            let good = report.status == "completed"
                && file.counts.rows == rows
                && file.counts.created + file.counts.updated + file.counts.unchanged == rows
                && open.is_empty();
            if !good {
                let errors: Vec<_> = file.errors.iter().filter_map(|tally| tally.example.as_ref()).collect();
                wrong.push(format!(
                    "{name}: {} {:?}, not taken: {open:?}, {errors:?}",
                    report.status, file.counts
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sample_holds_is_found_by_itself_and_rows_below_its_help_are_read_as_if_it_were_not_there() {
    let house = House::new().await;
    let text =
        String::from_utf8(import::sample(import::data_type("customers").unwrap(), csv()).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("Code,Kind") || lines[0].contains("Code"), "{text}");
    assert!(lines[1].contains("(?) Required.") && lines[1].contains("(?) Optional. One of:"), "{text}");
    assert_eq!(lines.len(), 3, "{text}");
    let batch = house.dry(&[house.file("my list.csv", &text)], &options()).await;
    let file = &house.report(batch).await.files[0];
    assert_eq!((file.data_type.as_deref(), file.counts.rows, file.counts.failed), (Some("customers"), 1, 0));

    // Days that could be read two ways are read by all of them, whatever the help says.
    let orders = "Order no,Order date,Customer code,SKU,Quantity,Unit price\n(?) Required.,(?) A day.,(?) A code.,(?) A code.,(?) A number.,(?) A number.\n\
                  A1,13/02/2026,C1,S1,2,1.50\nA2,03/02/2026,C1,S1,1,1.50\n";
    let batch = house.dry(&[house.file("orders.csv", orders)], &options()).await;
    let file = &house.report(batch).await.files[0];
    assert_eq!((file.data_type.as_deref(), file.counts.rows), (Some("orders"), 2));
    let date =
        file.mapping.as_ref().unwrap().columns.iter().find(|column| column.header == "Order date").unwrap();
    assert_eq!((date.kind.as_str(), date.format.date_order.as_deref()), ("date", Some("dmy")));
    assert!(import::data_type("orders").unwrap().parts.iter().any(|part| part.role == Role::Root));
}
