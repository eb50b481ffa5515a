//! What a guard counts. Nothing that a client chooses freely is a label.

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use std::{fmt, time::Duration};

/// One kind of decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Decided {
    pub(super) verdict: &'static str,
    /// The step of AAT-02 section 8; empty when it was none.
    pub(super) step: &'static str,
    /// The identifier of a tool that is configured; else `other`, or empty.
    pub(super) tool: String,
}

/// Counters and times of a guard, in Prometheus' text form.
pub struct Metrics {
    registry: Registry,
    pub(super) decisions: Family<Decided, Counter>,
    pub(super) verification: Histogram,
    pub(super) upstream: Histogram,
    pub(super) replay_errors: Counter,
    pub(super) log_errors: Counter,
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
        Self { registry, ..metrics }
    }

    /// All of it, in the text form that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
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
