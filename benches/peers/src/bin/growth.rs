//! How the cost of a decision grows with everything that can grow: a table and plots.

use std::{env, error::Error, fmt::Write as _, fs, path::Path, thread, time::Instant};
use taper::Profile;
use taper_peers::{
    growth::{Decision, FAMILIES, Family},
    machine,
    measure::{Task, exponent, interleaved, slope},
    plot::{self, Curve},
};

const PROFILES: [(Profile, &str); 2] = [(Profile::Compact, "compact"), (Profile::Jws, "JWS")];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let rounds = env::args().nth(1).map_or(Ok(60), |rounds| rounds.parse())?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::create_dir_all(folder.join("plots"))?;
    let mut text = format!(
        "# How the cost of a decision grows\n\n\
         Written by `benches/peers`, binary `growth`; [`README.md`](README.md) says what each number means.\n\n\
         {}\nOne run of {rounds} interleaved rounds. Everything from the bytes of the arguments and of the \
         presentation to a permit.\n\n\
         | | profile | from | µs | to | µs | bytes | each more | exponent |\n\
         |---|---|---|---|---|---|---|---|---|\n",
        machine::heading(),
    );
    let mut plots = String::new();
    for (name, families) in FAMILIES {
        let mut curves = Vec::new();
        for family in *families {
            measure(family, rounds, &mut text, &mut curves)?;
        }
        let file = format!("plots/growth-{name}.svg");
        plot::write(
            &folder.join(&file),
            &format!("A decision, by {name}"),
            ("how many", "µs"),
            &curves,
        )?;
        writeln!(plots, "![A decision, by {name}]({file})\n")?;
    }
    writeln!(text, "\n{}\n{plots}", threads())?;
    print!("{text}");
    fs::write(folder.join("GROWTH.md"), text)?;
    Ok(())
}

/// Adds a row to the table and a curve for each profile.
fn measure(
    family: &Family,
    rounds: usize,
    text: &mut String,
    curves: &mut Vec<Curve>,
) -> Outcome<()> {
    for (profile, profile_name) in PROFILES {
        // Where a size no longer fits, larger ones do not either.
        let decisions: Vec<Decision> =
            family.sizes.iter().map_while(|size| family.decision(profile, *size)).collect();
        let tasks: Vec<Task<'_>> =
            decisions.iter().map(|decision| Box::new(|| decision.make()) as Task<'_>).collect();
        let samples = interleaved(rounds, &tasks);
        let medians = samples.iter().map(|samples| samples.median());
        let points: Vec<(f64, f64)> =
            family.sizes.iter().map(|size| *size as f64).zip(medians).collect();
        let (first, last) = (points[0], points[points.len() - 1]);
        let bytes = decisions.last().map_or(0, Decision::bytes);
        writeln!(
            text,
            "| {} | {profile_name} | {} | {:.1} | {} | {:.1} | {bytes} | {:.3} µs per {} | {} |",
            family.name,
            first.0,
            first.1,
            last.0,
            last.1,
            slope(&points),
            family.unit,
            above_the_smallest(&points),
        )?;
        curves.push(Curve { name: format!("{}, {profile_name}", family.name), points });
    }
    Ok(())
}

/// The exponent of what is added to the smallest size, so that the fixed part of a decision does
/// not hide how the rest grows; over the larger half of the sizes.
fn above_the_smallest(points: &[(f64, f64)]) -> String {
    let (x0, y0) = points[0];
    let (_, last) = points[points.len() - 1];
    if last < 1.25 * y0 {
        return "flat".to_owned();
    }
    let larger = &points[points.len() / 2..];
    let added: Vec<(f64, f64)> =
        larger.iter().map(|(x, y)| (x - x0, (y - y0).max(f64::MIN_POSITIVE))).collect();
    let exponent = exponent(&added);
    if exponent > 1.2 { format!("**{exponent:.2}**") } else { format!("{exponent:.2}") }
}

/// Decisions per second by one thread and by two, that share one verifier; in turns.
fn threads() -> String {
    const CALLS: u32 = 1000;
    let mut text =
        "| decisions per second, three tokens | one thread | two | ratio |\n|---|---|---|---|\n"
            .to_owned();
    for (profile, name) in PROFILES {
        let decision = FAMILIES[0].1[0].decision(profile, 3).expect("three tokens fit");
        let run = |threads: u32| {
            let start = Instant::now();
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| (0..CALLS).for_each(|_| decision.make()));
                }
            });
            f64::from(threads * CALLS) / start.elapsed().as_secs_f64()
        };
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..9 {
            rates[0].push(run(1));
            rates[1].push(run(2));
        }
        let [one, two] = rates.map(|mut rates| {
            rates.sort_by(f64::total_cmp);
            rates[rates.len() / 2]
        });
        writeln!(text, "| {name} | {one:.0} | {two:.0} | {:.2} |", two / one).unwrap_or_default();
    }
    text
}
