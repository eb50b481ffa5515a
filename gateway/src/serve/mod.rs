//! A guard as a server.

mod admin;
mod decision_log;
mod gate;
mod metrics;
mod opened;
mod server;

pub use decision_log::{DecisionLog, DecisionLogError};
pub use gate::Gate;
pub use metrics::Metrics;
pub use opened::{OpenError, Opened};
pub use server::{GuardServer, Rules};
