//! What a run has cost, as text.

use crate::{
    drive::Driven,
    processes::{Process, cpu},
    verdict::Verdict,
};
use std::{fmt, time::Duration};

/// What is watched while calls are sent.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    guards: &'a [Process],
    server: &'a Process,
    began: [Duration; 3],
    /// KiB of all guards, at the start, each ten seconds and at the end.
    memory: Vec<u64>,
}

impl<'a> Run<'a> {
    pub(crate) fn begin(guards: &'a [Process], server: &'a Process) -> Self {
        let mut run = Self { guards, server, began: [Duration::ZERO; 3], memory: vec![] };
        run.began = run.cpu();
        run.memory.push(run.memory_now());
        run
    }

    /// Processor time of the guards, the server and this process.
    fn cpu(&self) -> [Duration; 3] {
        [self.guards.iter().map(Process::cpu).sum(), self.server.cpu(), cpu("self")]
    }

    fn memory_now(&self) -> u64 {
        self.guards.iter().map(Process::memory).sum()
    }

    /// Watches until `work` is done.
    pub(crate) async fn watch<T>(mut self, work: impl Future<Output = T>) -> (Self, T) {
        let mut work = std::pin::pin!(work);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                () = tokio::time::sleep(Duration::from_secs(10)) => {
                    self.memory.push(self.memory_now());
                }
            }
        };
        self.memory.push(self.memory_now());
        (self, done)
    }

    /// What there is to say at the end.
    pub(crate) fn report(&self, direct: &Driven, driven: &Driven, verdict: &Verdict) -> String {
        let (alone, through) = (Speed::of(direct), Speed::of(driven));
        let added = through.median.saturating_sub(alone.median);
        let calls = count(driven);
        let spent = self.cpu();
        let [guard, server, own] = [0, 1, 2].map(|at| {
            let of = |all: &[Duration; 3]| all.get(at).copied().unwrap_or_default();
            micros(of(&spent).saturating_sub(of(&self.began)).div_f64(calls.max(1.0)))
        });
        let memory = self.memory.iter().map(|kib| format!("{:.1}", mebi(*kib)));
        let told = verdict.told.iter().map(|(told, count)| format!("{told} {count}"));
        let list = |all: Vec<String>| all.join(", ");
        format!(
            "server alone    {alone}\nthrough guard   {through}\nratio           {:.2} of the \
             rate, {} added to the median\nprocessors      guard {guard}, server {server}, this \
             load with its signing {own}, for each call\nguard's memory  {} MiB, each ten \
             seconds\nsent            permitted {}, twice at once {}, forbidden {}\nno result       \
             {}\nreopened        {} connections\nmust be 0       lost {}, twice {}, forbidden but \
             through {}",
            through.rate / alone.rate.max(f64::MIN_POSITIVE),
            micros(added),
            list(memory.collect()),
            verdict.permitted,
            verdict.replayed,
            verdict.forbidden,
            list(told.collect()),
            driven.reopened,
            verdict.lost,
            verdict.twice,
            verdict.through,
        )
    }
}

/// Requests a second, and how long they took.
struct Speed {
    rate: f64,
    median: Duration,
    tails: [Duration; 3],
}

fn float(number: u64) -> f64 {
    // Above 2^32 requests, nobody reads the last digit.
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn count(driven: &Driven) -> f64 {
    float(u64::try_from(driven.latencies.len()).unwrap_or(u64::MAX))
}

fn mebi(kib: u64) -> f64 {
    float(kib) / 1024.0
}

fn micros(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

impl Speed {
    fn of(driven: &Driven) -> Self {
        let all = &driven.latencies;
        // The one below which `part` of a thousand are.
        let below = |part: usize| {
            let last = all.len().saturating_sub(1);
            let at = last.saturating_mul(part).checked_div(1000).unwrap_or_default();
            all.get(at).copied().unwrap_or_default()
        };
        let rate = count(driven) / driven.took.as_secs_f64().max(f64::MIN_POSITIVE);
        Self { rate, median: below(500), tails: [below(990), below(999), below(1000)] }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p99, p999, max] = self.tails.map(micros);
        let median = micros(self.median);
        write!(
            f,
            "{:.0} requests/s; p50 {median}, p99 {p99}, p99.9 {p999}, longest {max}",
            self.rate
        )
    }
}
