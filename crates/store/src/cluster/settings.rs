//! The server's settings, sized to the machine and written to `tenantry.conf` at each start.
//!
//! What an operator sets with `ALTER SYSTEM` or below the include line of `postgresql.conf` wins.

use std::process::Command;

use super::binaries::Binaries;

const MIB: u64 = 1024 * 1024;

/// The text of `tenantry.conf`.
pub(super) fn text(binaries: &Binaries, fast_for_tests: bool) -> String {
    let mut lines = for_machine(memory_bytes().unwrap_or(1024 * MIB), fast_for_tests);
    if binaries.has_library("pg_stat_statements") {
        lines.push("shared_preload_libraries = 'pg_stat_statements'".to_owned());
        if fast_for_tests {
            // Room for the statements of every database whose test counts, and of no other: when it is full, some are
            // forgotten while they are counted.
            lines.push("pg_stat_statements.track = 'none'".to_owned());
            lines.push("pg_stat_statements.max = 100000".to_owned());
        }
    }
    if cfg!(target_os = "linux") {
        lines.push("effective_io_concurrency = 64".to_owned());
    }
    format!(
        "# Written by Tenantry at each start. Put settings of your own below its include line, or use ALTER SYSTEM.\n{}\n",
        lines.join("\n")
    )
}

fn for_machine(memory: u64, fast_for_tests: bool) -> Vec<String> {
    let share = |part: u64, least: u64, most: u64| (memory / MIB / part).clamp(least, most);
    let mut lines = vec![
        "listen_addresses = ''".to_owned(),
        "unix_socket_permissions = 0700".to_owned(),
        "password_encryption = 'scram-sha-256'".to_owned(),
        format!("shared_buffers = '{}MB'", if fast_for_tests { 128 } else { share(8, 128, 8192) }),
        format!("effective_cache_size = '{}MB'", share(2, 256, 1024 * 1024)),
        format!("maintenance_work_mem = '{}MB'", share(32, 64, 512)),
        format!("work_mem = '{}MB'", share(256, 8, 64)),
        format!("max_connections = {}", if fast_for_tests { 300 } else { 100 }),
        "max_wal_size = '2GB'".to_owned(),
        "wal_compression = on".to_owned(),
        "checkpoint_timeout = '15min'".to_owned(),
        "random_page_cost = 1.1".to_owned(),
        "jit = off".to_owned(),
        "timezone = 'UTC'".to_owned(),
        "log_timezone = 'UTC'".to_owned(),
        "datestyle = 'iso, ymd'".to_owned(),
        "log_line_prefix = '%m [%p] %u@%d '".to_owned(),
        "log_checkpoints = off".to_owned(),
        "log_lock_waits = on".to_owned(),
        "logging_collector = off".to_owned(),
        "log_destination = 'stderr'".to_owned(),
    ];
    if fast_for_tests {
        // Autovacuum would hold databases up that are cloned and dropped within seconds.
        lines.extend(
            ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"]
                .map(str::to_owned),
        );
    }
    lines
}

/// The machine's memory, or what its container may use of it.
fn memory_bytes() -> Option<u64> {
    let machine = if cfg!(target_os = "linux") {
        let text = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()? * 1024
    } else {
        let output = Command::new("sysctl").args(["-n", "hw.memsize"]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()?
    };
    let container = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok());
    Some(container.map_or(machine, |limit| limit.min(machine)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_settings_grow_with_the_machine_within_bounds() {
        let buffers = |memory: u64| {
            for_machine(memory * MIB, false).into_iter().find(|l| l.starts_with("shared_b")).unwrap()
        };
        assert_eq!(buffers(512), "shared_buffers = '128MB'");
        assert_eq!(buffers(16 * 1024), "shared_buffers = '2048MB'");
        assert_eq!(buffers(1024 * 1024), "shared_buffers = '8192MB'");
    }

    #[test]
    fn only_a_test_cluster_gives_durability_up() {
        let fast = |fast| for_machine(1024 * MIB, fast).iter().any(|line| line == "fsync = off");
        assert!(fast(true) && !fast(false));
    }
}
