//! Imports by the command line: the examples, hostile files, and real ones where they are at hand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{fs, path::PathBuf, process::Output};

use house::{House, repository, text};
use serde_json::Value;

async fn house() -> House {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    house
}

fn example(name: &str) -> String {
    repository("examples").join(name).display().to_string()
}

/// The objects that `--json` ends with: (data type, counts by name).
fn children(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn counts(child: &Value) -> [u64; 6] {
    let counts = ["rows", "created", "updated", "unchanged", "skipped", "failed"]
        .map(|name| child[name].as_u64().unwrap());
    assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{child}");
    counts
}

fn of<'a>(children: &'a [Value], kind: &str) -> &'a Value {
    children
        .iter()
        .find(|child| child["data_type"] == kind)
        .unwrap_or_else(|| panic!("no {kind} in {children:?}"))
}

/// The batch that a run told on its error output.
fn batch(output: &Output) -> String {
    let told = text(&output.stderr);
    told.lines().find_map(|line| line.strip_prefix("Batch ")).unwrap_or_else(|| panic!("{told}")).to_owned()
}

#[tokio::test]
async fn the_examples_come_in_in_one_command_change_nothing_twice_and_go_again() {
    let house = house().await;
    let file = example("everything.zip");
    let import = ["import", &file, "--tenant", "acme", "--policy", "valid-rows", "--yes", "--json"];
    let first = house.run(&import);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let came = children(&first);
    assert_eq!(counts(of(&came, "customers")), [12, 12, 0, 0, 0, 0]);
    assert_eq!(counts(of(&came, "suppliers")), [3, 3, 0, 0, 0, 0]);
    assert_eq!(counts(of(&came, "products")), [9, 9, 0, 0, 0, 0]);
    assert_eq!(counts(of(&came, "orders")), [19, 13, 0, 0, 0, 6]);
    let total = "select count(*) from orders where tenant_id = $1 and imported and subtotal > 0";
    assert_eq!(house.number("acme", total).await, 7);
    let zeros =
        "select count(*) from customers where tenant_id = $1 and code like '001%' and postal_code = '10600'";
    assert_eq!(house.number("acme", zeros).await, 1);
    house.ok(&["verify"]);

    let second = house.run(&import);
    for child in children(&second) {
        let [rows, created, updated, unchanged, _, failed] = counts(&child);
        assert_eq!((created, updated, unchanged + failed), (0, 0, rows), "{child}");
    }

    let undone = house.ok(&["import", "undo", &batch(&first), "--tenant", "acme"]);
    assert!(undone.contains("records removed"), "{undone}");
    for table in ["customers", "suppliers", "products", "skus", "inventory", "orders", "order_lines"] {
        let sql = format!("select count(*) from {table} where tenant_id = $1");
        assert_eq!(house.number("acme", &sql).await, 0, "{table}");
    }
}

#[tokio::test]
async fn bad_rows_stop_all_by_default_and_the_error_file_can_be_mended_and_imported() {
    let house = house().await;
    for name in ["customers-874.csv", "products.xlsx"] {
        house.ok(&["import", &example(name), "--tenant", "acme", "--yes"]);
    }
    let refused = house.run(&["import", &example("orders.csv"), "--tenant", "acme", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = text(&refused.stdout);
    assert!(told.contains("2026-02-30") && told.contains("six") && told.contains("00999"), "{told}");
    assert!(told.contains("Nothing was written") && told.contains("--policy valid-rows"), "{told}");
    assert_eq!(house.number("acme", "select count(*) from orders where tenant_id = $1").await, 0);

    let errors = house.folder.path().join("orders.errors.csv");
    let content = fs::read_to_string(&errors).unwrap();
    let mut lines = content.trim_start_matches('\u{feff}').lines();
    let header = lines.next().unwrap();
    assert!(
        header.starts_with("Order no,Order date,") && header.ends_with("row,column,value,reason,mend"),
        "{header}"
    );
    assert_eq!(lines.count(), 6, "{content}");

    // What the person mends comes in; the added columns are no fields.
    let mended =
        content.replace("2026-02-30", "2026-02-27").replace(",six,", ",6,").replace("00999", "00101");
    let mended =
        mended.replace("MB-SAU,6,,", "MB-SAU,6,850.00,").replace("2026-02-13,00111", "2026-02-13,00109");
    let path = house.folder.path().join("mended.csv");
    fs::write(&path, mended).unwrap();
    let again = house.run(&[
        "import",
        path.to_str().unwrap(),
        "--tenant",
        "acme",
        "--as",
        "orders",
        "--yes",
        "--json",
    ]);
    assert!(again.status.success(), "{}{}", text(&again.stdout), text(&again.stderr));
    assert_eq!(counts(&children(&again)[0]), [6, 6, 0, 0, 0, 0]);
    assert_eq!(house.number("acme", "select count(*) from orders where tenant_id = $1").await, 5);
}

#[tokio::test]
async fn a_mapping_is_saved_under_a_name_used_by_itself_named_and_declined() {
    let house = house().await;
    let write = |name: &str, text: &str| {
        let path = house.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let first = write("a.csv", "Customer code,Customer name\nC1,One\n");
    let import = |file: &str, more: &[&str]| {
        let mut all = vec!["import", file, "--tenant", "acme", "--yes"];
        all.extend(more);
        house.run(&all)
    };
    let saved = import(&first, &["--set", "customers.country=TH", "--save-template", "Shop list"]);
    assert!(text(&saved.stderr).contains("Saved the template “Shop list”."), "{}", text(&saved.stderr));
    assert!(text(&saved.stdout).contains("“TH” → customers.country"), "{}", text(&saved.stdout));
    let next = import(&write("b.csv", "customer NAME,Customer code\nTwo,C2\n"), &[]);
    let told = text(&next.stdout);
    assert!(told.contains("by the template “Shop list”") && told.contains("Template “Shop list”"), "{told}");
    let third = write("c.csv", "Customer code,Customer name\nC3,Three\n");
    let declined = import(&third, &["--no-template", "--json"]);
    assert_eq!(children(&declined)[0]["template"], Value::Null);
    let named = import(
        &write("d.csv", "Customer code,Customer name,More\nC4,Four,x\n"),
        &["--template", "shop list", "--json"],
    );
    assert_eq!(children(&named)[0]["template"], "Shop list");
    let thai = "select count(*) from customers where tenant_id = $1 and country = 'TH' and code <> 'C3'";
    assert_eq!(house.number("acme", thai).await, 3);
    assert_eq!(house.number("acme", "select count(*) from customers where tenant_id = $1").await, 4);

    for (more, told) in [
        (["--template", "Shop lst"], "There is no template “Shop lst”"),
        (["--set", "country"], "has no ="),
        (["--set", "contry=TH"], "no field `contry`"),
    ] {
        let refused = import(&first, &more);
        assert!(
            !refused.status.success() && text(&refused.stderr).contains(told),
            "{}",
            text(&refused.stderr)
        );
    }
    let unfit =
        import(&write("e.csv", "Supplier code,Supplier name\nS1,Vines\n"), &["--template", "Shop list"]);
    assert!(text(&unfit.stderr).contains("no column “Customer code”"), "{}", text(&unfit.stderr));
}

#[tokio::test]
async fn without_a_terminal_it_waits_for_approval_and_a_dry_run_leaves_nothing() {
    let house = house().await;
    let file = example("customers-874.csv");
    let dry = house.run(&["import", &file, "--tenant", "acme", "--dry-run", "--json"]);
    assert_eq!(counts(&children(&dry)[0]), [12, 12, 0, 0, 0, 0]);
    let customers = "select count(*) from customers where tenant_id = $1";
    assert_eq!(house.number("acme", customers).await, 0);

    let waits = house.run(&["import", &file, "--tenant", "acme"]);
    assert!(waits.status.success());
    let told = text(&waits.stdout);
    assert!(told.contains("รหัสลูกค้า → customers.code") && told.contains("Awaiting approval"), "{told}");
    assert_eq!(house.number("acme", customers).await, 0);
    let command = format!("tenantry import resume {} --tenant acme --yes", batch(&waits));
    assert!(told.contains(&command), "{told}");
    house.ok(&command.split(' ').skip(1).collect::<Vec<_>>());
    assert_eq!(house.number("acme", customers).await, 12);

    let other = house.run(&["import", &file, "--tenant", "acme"]);
    house.ok(&["import", "cancel", &batch(&other), "--tenant", "acme"]);
    let late = house.run(&["import", "resume", &batch(&other), "--tenant", "acme", "--yes"]);
    assert!(text(&late.stdout).contains("cancelled"), "{}{}", text(&late.stdout), text(&late.stderr));
}

#[tokio::test]
async fn hostile_files_are_refused_in_a_sentence() {
    let house = house().await;
    let folder = house.folder.path();
    let workbook = fs::read(example("products.xlsx")).unwrap();
    let files: [(&str, Vec<u8>); 4] = [
        ("order.csv", b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj".to_vec()),
        ("empty.csv", vec![]),
        ("half.xlsx", workbook[..workbook.len() / 2].to_vec()),
        ("bomb.zip", bomb()),
    ];
    for (name, content) in files {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        let refused = house.run(&["import", path.to_str().unwrap(), "--tenant", "acme", "--yes"]);
        let told = format!("{}{}", text(&refused.stdout), text(&refused.stderr));
        assert_eq!(refused.status.code(), Some(1), "{name}: {told}");
        assert!(
            told.trim().len() > 20 && !told.contains("panicked") && !told.contains("our side"),
            "{name}: {told}"
        );
    }
    let missing = house.run(&["import", "nowhere.csv", "--tenant", "acme", "--yes"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("nowhere.csv cannot be opened"));
    let nobody = house.run(&["import", &example("orders.csv"), "--tenant", "nobody"]);
    assert!(text(&nobody.stderr).contains("`nobody`") && nobody.status.code() == Some(1));
    assert_eq!(house.run(&["import", "--tenant", "acme"]).status.code(), Some(2));
    let kind = house.run(&["import", &example("orders.csv"), "--tenant", "acme", "--as", "custmers"]);
    assert!(text(&kind.stderr).contains("customers"), "{}", text(&kind.stderr));
}

#[tokio::test]
async fn two_tables_of_one_sheet_are_two_batches_and_a_mended_row_is_written() {
    let house = house().await;
    let path = house.folder.path().join("both.csv");
    let text = "Customer code,Customer name,Postal code,Credit limit\nC-1,Harborview,10110,1500\n\
        C-2,\"Table, 48\" wide\",10120,2500\nC-3,Blue Door,10130,99.5\n\n\
        Product code,Product name,Unit price\nP-1,Pinot Noir,14.50\nP-2,Merlot,11.00\n";
    fs::write(&path, text).unwrap();
    let done = house.run(&["import", path.to_str().unwrap(), "--tenant", "acme", "--yes", "--json"]);
    assert!(done.status.success(), "{}", house::text(&done.stderr));
    let came = children(&done);
    assert_eq!(counts(of(&came, "customers")), [3, 3, 0, 0, 0, 0]);
    assert_eq!(counts(of(&came, "products")), [2, 2, 0, 0, 0, 0]);
    let mended = "select count(*) from customers where tenant_id = $1 and name = 'Table, 48\" wide'";
    assert_eq!(house.number("acme", mended).await, 1);
    let told =
        "select count(*) from import_rows where tenant_id = $1 and warnings::text like '%row_repaired%'";
    assert_eq!(house.number("acme", told).await, 1);
}

/// 100 MB of zeros in 100 kB.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    zip.start_file("zeros.csv", zip::write::SimpleFileOptions::default()).unwrap();
    let block = vec![b'0'; 1 << 20];
    for _ in 0..100 {
        zip.write_all(&block).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn utf_16_and_windows_874_say_the_same() {
    let house = house().await;
    let thai = fs::read(example("customers-874.csv")).unwrap();
    let (content, _, _) = encoding_rs::WINDOWS_874.decode(&thai);
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(content.encode_utf16().flat_map(u16::to_le_bytes));
    let path = house.folder.path().join("utf16.csv");
    fs::write(&path, utf16).unwrap();
    house.ok(&["import", &example("customers-874.csv"), "--tenant", "acme", "--yes"]);
    let again = house.run(&["import", path.to_str().unwrap(), "--tenant", "acme", "--yes", "--json"]);
    assert_eq!(counts(&children(&again)[0]), [12, 0, 0, 12, 0, 0], "{}", text(&again.stderr));
}

#[tokio::test]
async fn northwind_comes_in_whole_in_any_order_and_goes_again() {
    let Some(samples) = std::env::var_os("TENANTRY_SAMPLES").map(PathBuf::from) else {
        println!("skipped: TENANTRY_SAMPLES is not set");
        return;
    };
    let house = house().await;
    let file = |name: &str| samples.join(format!("northwind_{name}.csv")).display().to_string();
    let files = ["orders", "customers", "products", "suppliers", "categories"].map(file);
    let mut args = vec!["import"];
    args.extend(files.iter().map(String::as_str));
    args.extend(["--tenant", "acme", "--yes", "--json"]);
    let first = house.run(&args);
    assert!(first.status.success(), "{}{}", text(&first.stdout), text(&first.stderr));
    let came = children(&first);
    assert_eq!(counts(of(&came, "customers"))[1], 91);
    assert_eq!(counts(of(&came, "suppliers"))[1], 29);
    assert_eq!(counts(of(&came, "products"))[1], 77);
    assert_eq!(counts(of(&came, "orders"))[1], 2155);
    let facts = house
        .rows(
            "acme",
            "select (select count(*) from orders where tenant_id = $1),
               (select count(*) from orders where tenant_id = $1 and fulfilment_state = 'full'),
               (select count(*) from order_lines where tenant_id = $1),
               (select sum(line_total)::text from order_lines where tenant_id = $1),
               (select count(*) from skus s join inventory i on i.tenant_id = $1 and i.sku_id = s.id where s.tenant_id = $1)"
                .to_owned(),
        )
        .await;
    let facts = &facts[0];
    assert_eq!([0, 1, 2, 4].map(|at| facts.get::<_, i64>(at)), [830, 809, 2155, 77]);
    assert_eq!(facts.get::<_, String>(3), "1265793.29");
    house.ok(&["verify"]);

    for child in children(&house.run(&args)) {
        let [rows, _, _, unchanged, _, _] = counts(&child);
        assert_eq!(rows, unchanged, "{child}");
    }
    house.ok(&["import", "undo", &batch(&first), "--tenant", "acme"]);
    for table in
        ["customers", "suppliers", "products", "orders", "order_lines", "inventory", "product_categories"]
    {
        let sql = format!("select count(*) from {table} where tenant_id = $1");
        assert_eq!(house.number("acme", &sql).await, 0, "{table}");
    }
}

#[tokio::test]
async fn what_is_exported_comes_back_without_a_change() {
    let house = house().await;
    house.ok(&["import", &example("everything.zip"), "--tenant", "acme", "--policy", "valid-rows", "--yes"]);
    for entity in ["suppliers", "customers", "products", "skus"] {
        let out = house.folder.path().join(format!("{entity}.csv"));
        let out = out.to_str().unwrap();
        house.ok(&["export", entity, "--tenant", "acme", "--out", out]);
        let again = house.run(&["import", out, "--tenant", "acme", "--as", entity, "--yes", "--json"]);
        let [rows, _, _, unchanged, _, _] = counts(&children(&again)[0]);
        assert!(rows > 0 && rows == unchanged, "{entity}: {}{}", text(&again.stdout), text(&again.stderr));
    }
    assert!(house.ok(&["export", "customers", "--tenant", "acme"]).contains("00101"));
    let unknown = house.run(&["export", "custmers", "--tenant", "acme"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("`customers`"));
}

#[tokio::test]
async fn a_sample_is_written_without_a_database_and_comes_in_as_it_is() {
    let house = house().await;
    let file = house.folder.path().join("customers.xlsx").display().to_string();
    house.ok(&["import", "sample", "customers", "--out", &file]);
    let came = house.run(&["import", &file, "--tenant", "acme", "--yes", "--json"]);
    assert_eq!(counts(of(&children(&came), "customers")), [1, 1, 0, 0, 0, 0]);
    let text = house.ok(&["import", "sample", "suppliers"]);
    assert!(text.contains("(?) Required.") && text.contains("Supplier") | text.contains("Name"), "{text}");
    let wrong = house.run(&["import", "sample", "custmers"]);
    assert!(!wrong.status.success() && text_of(&wrong).contains("Did you mean `customers`?"));
}

#[tokio::test]
async fn a_data_source_is_fetched_by_its_name() {
    let house = house().await;
    let user = "insert into users (tenant_id, id, email, name) select id, gen_random_uuid(), 'anna@example.com', 'Anna' from tenants where slug = 'acme'";
    house.plant(user).await;
    let source = "insert into data_sources (tenant_id, id, name, owner_id, kind, location)
                  select tenant_id, gen_random_uuid(), 'Shop', id, 'inbox', 'shop' from users where name = 'Anna'";
    house.plant(source).await;
    let told = house.ok(&["import", "fetch", "Shop", "--tenant", "acme"]);
    assert!(told.starts_with("Enqueued: tenantry jobs show "), "{told}");
    assert!(house.ok(&["import", "fetch", "Shop", "--tenant", "acme"]).contains("being fetched already"));
    let wrong = house.run(&["import", "fetch", "Nothing", "--tenant", "acme"]);
    assert!(!wrong.status.success() && text_of(&wrong).contains("no data source “Nothing”"));
}

#[tokio::test]
async fn files_of_a_data_source_are_imported_by_its_choices() {
    let house = house().await;
    let user = "insert into users (tenant_id, id, email, name) select id, gen_random_uuid(), 'anna@example.com', 'Anna' from tenants where slug = 'acme'";
    house.plant(user).await;
    for (name, waits) in [("Waits", true), ("Goes on", false)] {
        let source = format!(
            "insert into data_sources (tenant_id, id, name, owner_id, kind, waits_for_approval)
             select tenant_id, gen_random_uuid(), '{name}', id, 'upload', {waits} from users where name = 'Anna'"
        );
        house.plant(&source).await;
    }
    let file = house.folder.path().join("customers.csv");
    fs::write(&file, "Customer code,Customer name\nC1,One\n").unwrap();
    let import = |source: &str| {
        let came = house.run(&["import", file.to_str().unwrap(), "--tenant", "acme", "--source", source]);
        (came.status.success(), text(&came.stdout).to_owned() + &text_of(&came))
    };
    let (good, told) = import("Waits");
    assert!(good && told.contains("Awaiting approval"), "{told}");
    let (good, told) = import("Goes on");
    assert!(good && told.contains("1 created"), "{told}");
    let (good, told) = import("Nothing");
    let unknown = "There is no data source “Nothing”. Uploaded are Goes on, Waits.";
    assert!(!good && told.contains(unknown), "{told}");
}

fn text_of(output: &Output) -> String {
    text(&output.stderr).to_owned()
}
