//! The command line from outside: help, settings, bad usage.

#![cfg(test)]

use std::process::{Command, Output};

fn tenantry(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .args(args)
        .current_dir(folder.path())
        .env_clear()
        .env("TENANTRY_DATA", folder.path().join("data"))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The names of the subcommands in a help text.
fn subcommands(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("Commands:\n") else { return vec![] };
    list.lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn every_command_explains_itself() {
    let mut paths = vec![vec![]];
    let mut seen = 0;
    while let Some(path) = paths.pop() {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let output = tenantry(&args);
        assert!(output.status.success(), "{args:?}");
        let help = text(&output.stdout);
        assert!(
            help.contains("Usage: tenantry") && help.lines().next().unwrap().len() > 10,
            "{args:?}: {help}"
        );
        for name in subcommands(&help) {
            seen += 1;
            paths.push([path.clone(), vec![name]].concat());
        }
    }
    assert!(seen > 0);
}

#[test]
fn bad_usage_ends_with_2_and_says_what_is_meant() {
    let output = tenantry(&["confg"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("config"), "{}", text(&output.stderr));
    assert_eq!(tenantry(&["config", "--config", "nowhere.toml"]).status.code(), Some(2));
}

#[test]
fn the_example_file_is_the_table_of_settings() {
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.env.example")).unwrap();
    let printed = text(&tenantry(&["config", "--example"]).stdout);
    assert_eq!(committed, printed, "write it anew: tenantry config --example > .env.example");
}

#[test]
fn config_hides_passwords() {
    let output = Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .arg("config")
        .env("DATABASE_URL", "postgresql://admin:hunter2@localhost/x")
        .output()
        .unwrap();
    let told = text(&output.stdout);
    assert!(
        told.contains("DATABASE_URL = (set, not shown)  [environment]") && !told.contains("hunter2"),
        "{told}"
    );
}
