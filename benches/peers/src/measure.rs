//! Timing in rounds: every task runs one short batch in each round, so that whatever else the
//! machine does hits all of them alike, and a ratio is taken within a round. What is counted is the
//! thread's time on the processor.

use rustix::time::{ClockId, clock_gettime};
use std::{hint::black_box, time::Duration};

/// How long a batch should take: short enough that a round sees one state of the machine, long
/// enough that reading the clock does not show.
const BATCH: Duration = Duration::from_micros(300);

/// Something to time.
pub type Task<'a> = Box<dyn Fn() + 'a>;

/// What one task took per run, in nanoseconds, round by round.
#[derive(Clone, Debug)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// The middle of all rounds, in microseconds.
    pub fn median(&self) -> f64 {
        quantile(self.0.clone(), 0.5) / 1000.0
    }

    /// What lies between the quarters of the rounds, in parts of the median.
    pub fn spread(&self) -> f64 {
        let quarter = |at| quantile(self.0.clone(), at) / 1000.0;
        (quarter(0.75) - quarter(0.25)) / self.median()
    }

    /// What one of `parts` equal parts of each run took.
    pub fn each(mut self, parts: f64) -> Self {
        self.0.iter_mut().for_each(|sample| *sample /= parts);
        self
    }

    /// The middle of what each round gives for the ratio to `other`.
    pub fn ratio(&self, other: &Self) -> f64 {
        quantile(self.0.iter().zip(&other.0).map(|(this, other)| this / other).collect(), 0.5)
    }
}

/// Runs `rounds` rounds over all tasks, each round starting with another one, after one round that
/// is not counted.
pub fn interleaved(rounds: usize, tasks: &[Task<'_>]) -> Vec<Samples> {
    let runs: Vec<u32> = tasks.iter().map(runs_per_batch).collect();
    let mut samples = vec![Vec::with_capacity(rounds); tasks.len()];
    for round in 0..rounds {
        for place in 0..tasks.len() {
            let index = (place + round) % tasks.len();
            let took = deeper(round % 16, &mut || batch(&tasks[index], runs[index]));
            samples[index].push(took.as_secs_f64() * 1e9 / f64::from(runs[index]));
        }
    }
    samples.into_iter().map(Samples).collect()
}

fn runs_per_batch(task: &Task<'_>) -> u32 {
    let mut runs = 1;
    while batch(task, runs) < BATCH && runs < 1 << 20 {
        runs *= 2;
    }
    runs
}

/// Runs a batch further down the stack. Where a process's stack begins is random, and signature
/// checks take a fifth longer at some places: each round uses another one.
#[inline(never)]
fn deeper(frames: usize, batch: &mut dyn FnMut() -> Duration) -> Duration {
    let frame = black_box([0_u8; 272]);
    let took = if frames == 0 { batch() } else { deeper(frames - 1, batch) };
    black_box(frame);
    took
}

fn batch(task: &Task<'_>, runs: u32) -> Duration {
    let start = processor_time();
    for _ in 0..runs {
        black_box(task)();
    }
    processor_time().saturating_sub(start)
}

/// What this thread has run so far, without what it waited while others had the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The value that a part `at` of all values lies below.
fn quantile(mut values: Vec<f64>, at: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() - 1) as f64 * at;
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// The exponent of the power of `x` that `y` grows with, fitted over all points.
pub fn exponent(points: &[(f64, f64)]) -> f64 {
    slope(&points.iter().map(|(x, y)| (x.ln(), y.ln())).collect::<Vec<_>>())
}

/// What one more of `x` adds to `y`, fitted over all points.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    covariance / variance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles_spreads_and_ratios() {
        let samples = Samples(vec![4000.0, 1000.0, 2000.0, 3000.0, 90_000.0]);
        assert_eq!((samples.median(), samples.spread()), (3.0, 2.0 / 3.0));
        // Within a round, not of the middles: 2, 2, 2, 2 and 90.
        let other = Samples(vec![2000.0, 500.0, 1000.0, 1500.0, 1000.0]);
        assert_eq!(samples.ratio(&other), 2.0);
        assert_eq!(quantile(vec![1.0, 2.0], 0.25), 1.25);
    }

    #[test]
    fn fits() {
        let square: Vec<(f64, f64)> = [1.0, 2.0, 5.0, 9.0].map(|x| (x, 3.0 * x * x)).into();
        assert!((exponent(&square) - 2.0).abs() < 1e-9);
        let line: Vec<(f64, f64)> = [1.0, 4.0, 6.0].map(|x| (x, 7.0 + 0.5 * x)).into();
        assert!((slope(&line) - 0.5).abs() < 1e-9);
    }
}
