//! What a whole process costs, from start to exit: kin on its bundled graph, and, where it is
//! installed, the `sqlite3` shell running a recursive query over 500 rows.
//!
//! `cargo bench --bench start`; read the figures as ratios of one run.

use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;

const ROWS: usize = 500;

const RECURSIVE: &str = "with recursive reached(x) as (select 1 union select b from edge join \
                         reached on a = x) select count(*) from reached";

fn run(command: &mut Command) {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{command:?} fails"
    );
}

/// A database of 500 edges between 200 things, in a fixed pattern.
fn database(file: &Path) -> bool {
    let edges: Vec<String> = (0..ROWS)
        .map(|row| format!("({}, {})", row * 7 % 200, row * 13 % 200))
        .collect();
    let script = format!(
        "create table edge(a int, b int); insert into edge values {};",
        edges.join(",")
    );
    let _ = std::fs::remove_file(file);
    Command::new("sqlite3")
        .arg(file)
        .arg(script)
        .status()
        .is_ok_and(|status| status.success())
}

fn starting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("process");
    let kin = env!("CARGO_BIN_EXE_kin");
    group.bench_function("kin, closure", |bencher| {
        bencher.iter(|| run(Command::new(kin).arg("descendants(CoreOS)")));
    });
    let file = std::env::temp_dir().join(format!("kin-bench-{}.db", std::process::id()));
    if database(&file) {
        group.bench_function("sqlite3, recursive query over 500 rows", |bencher| {
            bencher.iter(|| run(Command::new("sqlite3").arg(&file).arg(RECURSIVE)));
        });
    }
    let _ = std::fs::remove_file(&file);
    group.bench_function("true, the least a process costs", |bencher| {
        bencher.iter(|| run(&mut Command::new("true")));
    });
    group.finish();
}

criterion_group!(benches, starting);
criterion_main!(benches);
