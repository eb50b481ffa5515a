//! Where and how the numbers were made.

use std::{fs, process::Command, thread};

/// The lockfile that this program was built with.
const LOCKFILE: &str = include_str!("../Cargo.lock");

/// What the results begin with, in Markdown.
pub fn heading() -> String {
    let versions: Vec<String> = [
        "taper",
        "tenuo",
        "biscuit-auth",
        "jsonwebtoken",
        "aws-lc-rs",
        "macaroon",
        "ed25519-dalek",
        "curve25519-dalek",
        "sha2",
    ]
    .iter()
    .flat_map(|name| versions(name).into_iter().map(move |version| format!("{name} {version}")))
    .collect();
    format!(
        "- {}, Taper at commit {}\n- {}, {} cores, load {}\n- {}, `RUSTFLAGS={:?}`, {}\n- {}\n",
        output("date", &["-u", "+%Y-%m-%d"]),
        output("git", &["describe", "--always", "--dirty"]),
        cpu(),
        thread::available_parallelism().map_or(0, usize::from),
        load(),
        env!("PEERS_RUSTC"),
        env!("PEERS_RUSTFLAGS"),
        if is_fast() { "a fast build" } else { "the portable build" },
        versions.join(", "),
    )
}

/// Whether this is a fast build of `benches/README.md`: one that may use AVX-512 IFMA.
pub const fn is_fast() -> bool {
    cfg!(curve25519_dalek_backend = "avx512")
}

/// How many tasks wanted a core in the last minute.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}

fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.split(':').next().map(str::trim) == Some(name));
        line.and_then(|line| line.split(':').nth(1)).unwrap_or(" unknown").trim().to_owned()
    };
    let name = format!(
        "{} (family {}, model {})",
        field("model name"),
        field("cpu family"),
        field("model")
    );
    let flags = field("flags");
    let has = |flag: &&str| flags.split(' ').any(|it| it == *flag);
    let known = ["avx2", "avx512vl", "avx512ifma", "sha_ni"].into_iter().filter(has);
    format!("{name} with {}", known.collect::<Vec<_>>().join(", "))
}

fn versions(package: &str) -> Vec<&'static str> {
    let name = format!("name = \"{package}\"");
    let mut lines = LOCKFILE.lines();
    let mut found = Vec::new();
    while lines.by_ref().any(|line| line == name) {
        let version = lines.next().and_then(|line| line.split('"').nth(1));
        found.extend(version);
    }
    found
}

fn output(program: &str, arguments: &[&str]) -> String {
    let here = env!("CARGO_MANIFEST_DIR");
    let text = Command::new(program).args(arguments).current_dir(here).output().ok();
    let text = text.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    if text.trim().is_empty() { "unknown".to_owned() } else { text.trim().to_owned() }
}
