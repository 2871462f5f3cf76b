//! The `tenantry` program.

fn main() -> std::process::ExitCode {
    tenantry::main()
}
