//! Everybody in one run: a table and a plot over the depth of the chain.

use std::{collections::BTreeMap, env, error::Error, fmt::Write as _, fs, path::Path};
use taper::Profile;
use taper_peers::{
    contender::{Call, Contender},
    machine,
    measure::{Samples, Task, interleaved},
    peer::{self, floor::floor},
    plot::{self, Curve},
};

/// Tokens in the chain.
const DEPTHS: [u8; 6] = [1, 2, 3, 5, 8, 16];
/// The depth that targets and single operations are for.
const USUAL: u8 = 3;

/// What Taper aims at over the usual depth: of whom, beside whom (the floor when nobody), and the
/// highest ratio in the portable build and in the fast one, where there is an aim for it.
const AIMS: [(&str, Option<&str>, f64, Option<f64>); 8] = [
    ("taper compact", None, 3.2, Some(3.4)),
    ("taper compact", Some("tenuo"), 0.40, None),
    ("taper compact", Some("JWS by hand"), 0.65, None),
    ("taper JWS", None, 4.9, Some(5.2)),
    ("taper JWS", Some("JWS by hand"), 1.05, None),
    ("taper JWS", Some("tenuo"), 0.58, None),
    ("taper compact, chain cached", None, 1.15, Some(1.25)),
    ("taper JWS, chain cached", None, 1.20, Some(1.25)),
];

/// What single operations should cost, in F, by how their names begin.
const OPERATION_AIMS: [(&str, f64, Option<f64>); 2] =
    [("derive one hop, taper", 0.70, None), ("one of 64 calls together", 0.62, Some(0.65))];

/// What a denial may cost at most, in permits of the same presentation.
const DENYING: f64 = 1.20;

/// Calls that are decided together.
const TOGETHER: u8 = 64;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let rounds = env::args().nth(1).map_or(Ok(300), |rounds| rounds.parse())?;
    let results = Results::measure(rounds);
    let build = if machine::is_fast() { "-fast" } else { "" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let plot = format!("plots/peers{build}.svg");
    let text = results.report(rounds, &plot)?;
    fs::create_dir_all(folder.join("plots"))?;
    results.plot(&folder.join(&plot))?;
    print!("{text}");
    fs::write(folder.join(format!("RESULTS{build}.md")), text)?;
    Ok(())
}

struct Row {
    samples: Samples,
    ratio: f64,
    bytes: usize,
    proves: bool,
    faults: Vec<String>,
}

/// By name and depth, names in the order of the table.
struct Results {
    names: Vec<&'static str>,
    rows: BTreeMap<(&'static str, u8), Row>,
    floor: Samples,
    /// Single operations at the usual depth: name, samples, ratio to the floor.
    operations: Vec<(String, Samples, f64)>,
}

impl Results {
    fn measure(rounds: usize) -> Self {
        let contenders: Vec<(u8, Vec<Contender>)> =
            DEPTHS.iter().map(|&depth| (depth, peer::all(depth))).collect();
        let names = contenders[0].1.iter().map(|contender| contender.name).collect();
        // The floor stands once in each depth's group, so that it lies close to what it divides.
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for (_, group) in &contenders {
            tasks.push(Box::new(floor()));
            tasks.extend(group.iter().map(permit));
        }
        let usual = contenders.iter().find(|(depth, _)| *depth == USUAL).map(|(_, group)| group);
        let operations = operations(usual.map_or(&[], Vec::as_slice));
        let (labels, operations): (Vec<_>, Vec<_>) =
            operations.into_iter().map(|(label, parts, task)| ((label, parts), task)).unzip();
        tasks.push(Box::new(floor()));
        tasks.extend(operations);

        let mut samples = interleaved(rounds, &tasks).into_iter();
        drop(tasks);
        let mut rows = BTreeMap::new();
        let mut usual_floor = None;
        for (depth, group) in &contenders {
            let floor = samples.next().expect("one for each task");
            for contender in group {
                let samples = samples.next().expect("one for each task");
                let ratio = samples.ratio(&floor);
                let (bytes, faults) = (contender.granted.len(), contender.faults());
                rows.insert(
                    (contender.name, *depth),
                    Row { samples, ratio, bytes, proves: contender.proves, faults },
                );
            }
            if *depth == USUAL {
                usual_floor = Some(floor);
            }
        }
        let floor = samples.next().expect("one for each task");
        let operations = labels.into_iter().zip(samples).map(|((label, parts), samples)| {
            let samples = samples.each(parts);
            let ratio = samples.ratio(&floor);
            (label, samples, ratio)
        });
        Self {
            names,
            rows,
            operations: operations.collect(),
            floor: usual_floor.expect("the usual depth is one of all"),
        }
    }

    fn report(&self, rounds: usize, plot: &str) -> Outcome<String> {
        let mut text = format!(
            "# Taper beside its peers\n\n\
             Written by `benches/peers`; [`README.md`](README.md) says what each number means.\n\n\
             {}\n\
             One run of {rounds} interleaved rounds. The floor **F**, one bare signature check, took \
             {:.1} µs (spread {:.0} %). Cells: µs from the bytes on the wire to a permit, and how many F that is.\n\n",
            machine::heading(),
            self.floor.median(),
            self.floor.spread() * 100.0,
        );
        let depths: String = DEPTHS.iter().map(|depth| format!(" D={depth} |")).collect();
        writeln!(text, "| |{depths} bytes D=1 | D=3 | D=8 | spread |")?;
        writeln!(text, "|---|{}", "---|".repeat(DEPTHS.len() + 4))?;
        for name in &self.names {
            let proof = if self.rows[&(*name, USUAL)].proves { "" } else { ", no proof" };
            write!(text, "| {name}{proof} |")?;
            for depth in DEPTHS {
                write!(text, " {} |", self.cell(name, depth))?;
            }
            for depth in [1, USUAL, 8] {
                write!(text, " {} |", self.rows[&(*name, depth)].bytes)?;
            }
            let spreads = DEPTHS.iter().map(|depth| self.rows[&(*name, *depth)].samples.spread());
            writeln!(text, " {:.0} % |", spreads.fold(0.0, f64::max) * 100.0)?;
        }
        writeln!(text, "\nOver D={USUAL}:\n\n| | µs | F |\n|---|---|---|")?;
        for (name, samples, ratio) in &self.operations {
            writeln!(text, "| {name} | {:.1} | {ratio:.2} |", samples.median())?;
        }
        writeln!(
            text,
            "\nAims over D={USUAL}:\n\n| | beside | ratio | aim | |\n|---|---|---|---|---|"
        )?;
        for (name, beside, portable, fast) in AIMS {
            let Some(aim) = (if machine::is_fast() { fast } else { Some(portable) }) else {
                continue;
            };
            let row = &self.rows[&(name, USUAL)];
            let ratio = beside.map_or(row.ratio, |beside| {
                row.samples.ratio(&self.rows[&(beside, USUAL)].samples)
            });
            let beside = beside.unwrap_or("the floor");
            let verdict = verdict(ratio, aim);
            writeln!(text, "| {name} | {beside} | {ratio:.2} | {aim:.2} | {verdict} |")?;
        }
        for (name, _, ratio) in &self.operations {
            let aims = OPERATION_AIMS.iter().filter(|(start, ..)| name.starts_with(start));
            for (_, portable, fast) in aims {
                let aim = if machine::is_fast() { *fast } else { Some(*portable) };
                if let Some(aim) = aim {
                    let verdict = verdict(*ratio, aim);
                    writeln!(text, "| {name} | the floor | {ratio:.2} | {aim:.2} | {verdict} |")?;
                }
            }
        }
        for (name, denied, _) in self.operations.iter().filter(|(name, ..)| name.contains("taper"))
        {
            let denies = self.names.iter().find(|own| name.ends_with(&format!(", {own}")));
            if let Some(own) = denies.filter(|_| name.starts_with("deny")) {
                let ratio = denied.ratio(&self.rows[&(*own, USUAL)].samples);
                let verdict = verdict(ratio, DENYING);
                writeln!(text, "| {name} | the permit | {ratio:.2} | {DENYING:.2} | {verdict} |")?;
            }
        }
        writeln!(text, "\n![Cost over depth]({plot})\n")?;
        let faults = self.rows.iter().filter(|(_, row)| !row.faults.is_empty());
        for ((name, depth), row) in faults {
            writeln!(text, "Void: {name} at D={depth} {}.", row.faults.join(", "))?;
        }
        Ok(text)
    }

    fn cell(&self, name: &'static str, depth: u8) -> String {
        let row = &self.rows[&(name, depth)];
        match row.faults.is_empty() {
            true => format!("{:.1} ({:.2})", row.samples.median(), row.ratio),
            false => "void".to_owned(),
        }
    }

    fn plot(&self, path: &Path) -> Outcome<()> {
        let curves: Vec<Curve> = self
            .names
            .iter()
            .map(|name| {
                let rows = DEPTHS.iter().map(|depth| (*depth, &self.rows[&(*name, *depth)]));
                let valid = rows.filter(|(_, row)| row.faults.is_empty());
                let points = valid.map(|(depth, row)| (f64::from(depth), row.samples.median()));
                Curve { name: (*name).to_owned(), points: points.collect() }
            })
            .collect();
        plot::write(path, "From wire bytes to a permit", ("tokens in the chain", "µs"), &curves)
    }
}

fn verdict(ratio: f64, aim: f64) -> &'static str {
    if ratio <= aim { "met" } else { "**missed**" }
}

fn permit(contender: &Contender) -> Task<'_> {
    Box::new(|| assert!((contender.decide)(&contender.granted, Call::Granted)))
}

/// What else a hop, many calls and a refusal cost: name, how many are done at once, and the task.
fn operations(group: &[Contender]) -> Vec<(String, f64, Task<'_>)> {
    let mut operations: Vec<(String, f64, Task<'_>)> = Vec::new();
    for (profile, name) in [(Profile::Compact, "compact"), (Profile::Jws, "JWS")] {
        let derive = Box::new(peer::taper::derive(profile));
        operations.push((format!("derive one hop, taper {name}"), 1.0, derive));
        let together = Box::new(peer::taper::together(profile, TOGETHER));
        let label = format!("one of {TOGETHER} calls together, chains cached, taper {name}");
        operations.push((label, f64::from(TOGETHER), together));
    }
    operations.push(("derive one hop, tenuo".into(), 1.0, Box::new(peer::tenuo::derive_third())));
    for contender in group {
        for (what, bytes) in &contender.forged {
            let deny = || assert!(!(contender.decide)(bytes, Call::Granted));
            operations.push((format!("deny {what}, {}", contender.name), 1.0, Box::new(deny)));
        }
    }
    operations
}
