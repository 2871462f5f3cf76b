//! The `tenantry` program.

/// Requests are many small pieces that one thread makes and another drops, for which the C library's allocator locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    tenantry::main()
}
