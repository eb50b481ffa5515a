//! Taper at the boundary: a guard in front of MCP servers, and a holder beside their clients.
//!
//! [`Guard`] and [`Holder`] read and write messages of the Model Context Protocol as bytes, by the
//! rules of `spec/bindings/mcp.md`, and know nothing of sockets: a call goes in with the time, and
//! what is to be forwarded or answered comes out. [`proxy`] carries messages; [`serve`] puts a guard
//! into it, and [`hold`] a holder.

mod arguments;
mod call;
mod denial;
pub mod doctor;
mod files;
mod guard;
pub mod hold;
mod holder;
mod key_set;
mod listing;
mod log;
mod members;
mod message;
mod nonces;
pub mod policy;
mod probe;
pub mod proxy;
#[cfg(feature = "redis")]
mod redis_store;
mod schema;
pub mod serve;
mod tools;

pub use arguments::Arguments;
pub use denial::{DENIED, Denial};
pub use guard::{Decision, Guard, Permitted, Record};
pub use holder::{Holder, Outgoing, demanded_nonce};
pub use key_set::{FetchError, KeySet, KeySetError, KeySetUrl, KeySetUrlError};
pub use listing::ListingError;
pub use log::{Broken, Entry, LOG_START, Log, LogLine, LogLines, Verdict, verify_log};
pub use message::MessageError;
pub use nonces::RotatingNonces;
#[cfg(feature = "redis")]
pub use redis_store::RedisReplayStore;
pub use tools::{Target, Tools, ToolsError};

/// The key of a presentation in `params._meta` (B-mcp-1).
pub const PRESENTATION_KEY: &str = "dev.taper/aat";

/// The key of a tool's identifier in the `_meta` of a listed tool (B-mcp-19).
pub const TOOL_KEY: &str = "dev.taper/aat-tool";
