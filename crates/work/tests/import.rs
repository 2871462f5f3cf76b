//! The import engine through its public functions, each test with a database of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "import/cancel.rs"]
mod cancel;
#[path = "import/ending.rs"]
mod ending;
#[path = "import/fields.rs"]
mod fields;
#[path = "import/fixes.rs"]
mod fixes;
#[path = "import/fixes_random.rs"]
mod fixes_random;
#[path = "import/gold.rs"]
mod gold;
#[path = "import/house.rs"]
mod house;
#[path = "import/mapped.rs"]
mod mapped;
#[path = "import/mapping_random.rs"]
mod mapping_random;
#[path = "import/names.rs"]
mod names;
#[path = "import/northwind.rs"]
mod northwind;
#[path = "import/parts.rs"]
mod parts;
#[path = "import/policy.rs"]
mod policy;
#[path = "import/random.rs"]
mod random;
#[path = "import/round_trip.rs"]
mod round_trip;
#[path = "import/rows.rs"]
mod rows;
#[path = "import/samples.rs"]
mod samples;
#[path = "import/statements.rs"]
mod statements;
#[path = "import/turns.rs"]
mod turns;
