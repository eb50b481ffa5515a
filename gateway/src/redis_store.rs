//! Used proofs in Redis or Valkey, for all replicas of a guard.

use crate::policy;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use redis::{Client, Connection, ConnectionInfo, IntoConnectionInfo as _, RedisError};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use taper::{
    Timestamp,
    replay::{Recorded, ReplayKey, ReplayStore, ReplayStoreError},
};

/// How many idle connections are kept.
const IDLE: usize = 32;

/// How much longer than asked an entry is kept, since the clocks of replicas differ: one that is
/// behind still accepts a proof that the others no longer do.
const CLOCKS_APART: i64 = 60;

/// Remembers proofs in Redis or Valkey: one atomic `SET` with `NX` and `PX` each.
///
/// Only the digest that a proof is remembered by goes there. When the server is away, too slow, or
/// may evict what it was told to keep, nothing is recorded and the call is denied.
pub struct RedisReplayStore {
    client: Client,
    connect_timeout: Duration,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    /// The latest time that was seen, in seconds since 1970.
    latest: AtomicI64,
}

impl RedisReplayStore {
    /// The store that `redis` describes. Connections are made when they are needed.
    ///
    /// # Errors
    ///
    /// When the URL is none of Redis.
    pub fn new(redis: &policy::Redis) -> Result<Self, ReplayStoreError> {
        let mut info: ConnectionInfo = (&*redis.url).into_connection_info().map_err(failed)?;
        let mut settings = info.redis_settings().clone();
        if let Some(username) = &redis.username {
            settings = settings.set_username(&**username);
        }
        if let Some(password) = &redis.password {
            settings = settings.set_password(password.as_str());
        }
        info = info.set_redis_settings(settings);
        let client = Client::open(info).map_err(failed)?;
        let (connect_timeout, timeout) = (redis.connect_timeout, redis.timeout);
        Ok(Self {
            client,
            connect_timeout,
            timeout,
            idle: Mutex::default(),
            latest: AtomicI64::new(i64::MIN),
        })
    }

    /// Whether the server answers and keeps what it is told to keep.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self) -> Result<(), ReplayStoreError> {
        let connection = self.connect()?;
        self.keep(connection);
        Ok(())
    }

    fn record_with(
        &self,
        connection: &mut Connection,
        key: &str,
        milliseconds: i64,
    ) -> Result<Recorded, RedisError> {
        let mut set = redis::cmd("SET");
        set.arg(key).arg(1).arg("NX").arg("PX").arg(milliseconds);
        Ok(match set.query::<Option<String>>(connection)? {
            Some(_) => Recorded::New,
            None => Recorded::Before,
        })
    }

    fn connect(&self) -> Result<Connection, ReplayStoreError> {
        let connection = self.client.get_connection_with_timeout(self.connect_timeout);
        let mut connection = connection.map_err(failed)?;
        connection.set_read_timeout(Some(self.timeout)).map_err(failed)?;
        connection.set_write_timeout(Some(self.timeout)).map_err(failed)?;
        check_eviction(&mut connection)?;
        Ok(connection)
    }

    fn idle(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
    }

    /// The other connections are likely to be as dead as the one that has failed.
    fn forget(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ReplayStore for RedisReplayStore {
    fn record(
        &self,
        key: ReplayKey,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Recorded, ReplayStoreError> {
        let latest = self.latest.fetch_max(now.as_unix(), Ordering::Relaxed);
        if expires_at.as_unix().saturating_add(CLOCKS_APART) < latest {
            return Err(ReplayStoreError::failed(
                "the clock went back, and proofs from before were forgotten",
            ));
        }
        // At the last second still, hence one more.
        let seconds = expires_at.seconds_since(now).max(0).saturating_add(1 + CLOCKS_APART);
        let milliseconds = seconds.saturating_mul(1000);
        let key = format!("taper:replay:{}", URL_SAFE_NO_PAD.encode(key.as_bytes()));
        if let Some(mut connection) = self.idle() {
            match self.record_with(&mut connection, &key, milliseconds) {
                Ok(recorded) => {
                    self.keep(connection);
                    return Ok(recorded);
                }
                // It went away while nobody looked. Should the command have arrived all the same,
                // the second one finds its entry, and the call is denied.
                Err(error) if error.is_connection_dropped() => self.forget(),
                Err(error) => return Err(failed(error)),
            }
        }
        let mut connection = self.connect()?;
        // A connection with an error may have the answer still on its way: it is not kept.
        let recorded = self.record_with(&mut connection, &key, milliseconds).map_err(failed)?;
        self.keep(connection);
        Ok(recorded)
    }
}

/// A server that evicts entries before their time lets proofs be used twice.
fn check_eviction(connection: &mut Connection) -> Result<(), ReplayStoreError> {
    let text: String = redis::cmd("INFO").arg("memory").query(connection).map_err(failed)?;
    let info: BTreeMap<&str, &str> =
        text.lines().filter_map(|line| line.trim_end().split_once(':')).collect();
    match (info.get("maxmemory"), info.get("maxmemory_policy")) {
        (Some(&"0"), _) | (_, Some(&"noeviction")) => Ok(()),
        _ => Err(ReplayStoreError::failed(
            "the server may evict what it has to keep; set its `maxmemory-policy` to `noeviction`",
        )),
    }
}

fn failed(error: RedisError) -> ReplayStoreError {
    let text = error.to_string();
    ReplayStoreError::failed(text.lines().next().unwrap_or_default())
}

impl fmt::Debug for RedisReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisReplayStore").finish_non_exhaustive()
    }
}
