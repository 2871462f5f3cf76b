//! `tenantry config`: every setting, its value and who said so.

use crate::{
    cli::ConfigArgs,
    settings::{InForce, Settings, Source, env_example},
};

/// Prints the table, or the example file.
pub fn run(settings: &Settings, args: &ConfigArgs) {
    if args.example {
        print!("{}", env_example());
        return;
    }
    for one in &settings.in_force {
        println!("{} = {}", one.setting.env, shown(one));
        println!("    {}", one.setting.about);
        println!("    in tenantry.toml: {}", one.setting.key);
    }
}

fn shown(one: &InForce) -> String {
    let Some(text) = &one.text else { return "(unset)".to_owned() };
    let value = if one.setting.secret { "(set, not shown)" } else { text };
    match one.source {
        Source::Environment => format!("{value}  [environment]"),
        Source::File => format!("{value}  [tenantry.toml]"),
        Source::Default => format!("{value}  [default]"),
    }
}
