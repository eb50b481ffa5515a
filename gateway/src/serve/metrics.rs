//! What a guard counts. Nothing that a client chooses freely is a label.

use crate::KeySetUrl;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use std::{fmt, sync::atomic::AtomicU64, time::Duration};

/// One kind of decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Decided {
    pub(super) verdict: &'static str,
    /// The step of AAT-02 section 8; empty when it was none.
    pub(super) step: &'static str,
    /// The identifier of a tool that is configured; else `other`, or empty.
    pub(super) tool: String,
}

/// A key set that is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Fetched {
    url: String,
}

/// Counters and times of a guard, in Prometheus' text form.
pub struct Metrics {
    registry: Registry,
    pub(super) decisions: Family<Decided, Counter>,
    pub(super) verification: Histogram,
    pub(super) upstream: Histogram,
    pub(super) replay_errors: Counter,
    pub(super) log_errors: Counter,
    key_set_age: Family<Fetched, Gauge<f64, AtomicU64>>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("taper_guard");
        let metrics = Self {
            decisions: Family::default(),
            // 20 microseconds to 1.3 seconds; 500 microseconds to 4 minutes.
            verification: Histogram::new(exponential_buckets(0.000_02, 2.0, 17)),
            upstream: Histogram::new(exponential_buckets(0.000_5, 2.5, 15)),
            replay_errors: Counter::default(),
            log_errors: Counter::default(),
            key_set_age: Family::default(),
            registry: Registry::default(),
        };
        registry.register(
            "decisions",
            "Decisions on requests, but for those that ask for no authority",
            metrics.decisions.clone(),
        );
        registry.register_with_unit(
            "verification",
            "Time to decide on a call or a listing",
            Unit::Seconds,
            metrics.verification.clone(),
        );
        registry.register_with_unit(
            "upstream",
            "Time from a permitted call to the server's answer",
            Unit::Seconds,
            metrics.upstream.clone(),
        );
        registry.register(
            "replay_errors",
            "Calls denied since the replay store did not answer or is full",
            metrics.replay_errors.clone(),
        );
        registry.register(
            "log_errors",
            "Decisions that could not be written to the log",
            metrics.log_errors.clone(),
        );
        registry.register_with_unit(
            "key_set_age",
            "Time since the keys at a URL were fetched; infinite when they never were",
            Unit::Seconds,
            metrics.key_set_age.clone(),
        );
        Self { registry, ..metrics }
    }

    /// All of it, in the text form that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Sets how old the key sets are that there are now.
    pub(super) fn key_sets<'a>(
        &self,
        ages: impl Iterator<Item = (&'a KeySetUrl, Option<Duration>)>,
    ) {
        self.key_set_age.clear();
        for (url, age) in ages {
            let seconds = age.map_or(f64::INFINITY, |age| age.as_secs_f64());
            self.key_set_age.get_or_create(&Fetched { url: url.to_string() }).set(seconds);
        }
    }

    pub(super) fn decided(&self, decided: Decided) {
        self.decisions.get_or_create(&decided).inc();
    }

    pub(super) fn seconds(histogram: &Histogram, time: Duration) {
        histogram.observe(time.as_secs_f64());
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
