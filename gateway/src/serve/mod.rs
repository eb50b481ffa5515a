//! A guard as a server.

mod admin;
mod decision_log;
mod gate;
mod metrics;
mod server;

pub use decision_log::{DecisionLog, DecisionLogError};
pub use gate::Gate;
pub use metrics::Metrics;
pub use server::{GuardServer, Rules};
