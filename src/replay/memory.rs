//! A replay store in the memory of one process.

use super::{Recorded, ReplayKey, ReplayStore, ReplayStoreError};
use crate::time::Timestamp;
use alloc::{boxed::Box, collections::BinaryHeap};
use core::{cmp::Reverse, fmt};
use std::{collections::HashSet, sync::Mutex};

/// Shards, each with a lock of its own, so that threads seldom wait for one another.
const SHARDS: usize = 64;

/// Remembers proofs in the memory of one process: sharded, bounded, forgetting by time.
///
/// When it holds as many live entries as it may, it refuses new ones
/// ([`ReplayStoreError::Full`], and the call is denied) instead of forgetting live ones. An entry
/// takes about 120 bytes, so the default of 2^18 entries takes at most about 32 MB, and is enough
/// for some 4,000 calls a second at the default window of 30 s on either side.
///
/// When the clock goes back, proofs that may have been forgotten while it was ahead are refused.
///
/// Replicas of one enforcement point need a store that they share; this one is not shared.
pub struct MemoryReplayStore {
    shards: Box<[Mutex<Shard>]>,
    capacity_per_shard: usize,
}

#[derive(Default)]
struct Shard {
    live: HashSet<ReplayKey>,
    by_expiry: BinaryHeap<Reverse<(Timestamp, ReplayKey)>>,
    /// The latest expiry of what was forgotten.
    forgotten: Option<Timestamp>,
}

impl MemoryReplayStore {
    /// A store of at most `capacity` entries, rounded up to a multiple of the 64 shards.
    pub fn with_capacity(capacity: usize) -> Self {
        let shards = core::iter::repeat_with(Mutex::default).take(SHARDS).collect();
        Self { shards, capacity_per_shard: capacity.div_ceil(SHARDS).max(1) }
    }

    /// How many entries are remembered now, those that may be forgotten included.
    pub fn len(&self) -> usize {
        let len = |shard: &Mutex<Shard>| shard.lock().map_or(0, |shard| shard.live.len());
        self.shards.iter().map(len).sum()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for MemoryReplayStore {
    /// A store of 2^18 entries.
    fn default() -> Self {
        Self::with_capacity(1 << 18)
    }
}

impl ReplayStore for MemoryReplayStore {
    fn record(
        &self,
        key: ReplayKey,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Recorded, ReplayStoreError> {
        let [first, ..] = key.as_bytes();
        let shard = self
            .shards
            .get(usize::from(*first) % SHARDS)
            .ok_or_else(|| ReplayStoreError::failed("no such shard"))?;
        // A thread that panicked while it held the lock may have left the two sets apart.
        let mut shard = shard.lock().map_err(|_| ReplayStoreError::failed("poisoned lock"))?;
        shard.forget_before(now);
        if shard.live.contains(&key) {
            return Ok(Recorded::Before);
        }
        // The clock was ahead, and is back: this may be one of those that were forgotten.
        if shard.forgotten.is_some_and(|forgotten| expires_at <= forgotten) {
            return Err(ReplayStoreError::failed(
                "the clock went back, and proofs from before were forgotten",
            ));
        }
        if shard.live.len() >= self.capacity_per_shard {
            return Err(ReplayStoreError::Full);
        }
        shard.live.insert(key);
        shard.by_expiry.push(Reverse((expires_at, key)));
        Ok(Recorded::New)
    }
}

impl Shard {
    fn forget_before(&mut self, now: Timestamp) {
        while let Some(Reverse((expires_at, key))) = self.by_expiry.peek() {
            if *expires_at >= now {
                break;
            }
            self.live.remove(key);
            self.forgotten = self.forgotten.max(Some(*expires_at));
            self.by_expiry.pop();
        }
    }
}

impl fmt::Debug for MemoryReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayStore")
            .field("len", &self.len())
            .field("capacity", &self.capacity_per_shard.saturating_mul(SHARDS))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key::SigningKey, model::TokenId};

    fn key(n: u32) -> ReplayKey {
        let holder = SigningKey::from_seed(&[1; 32]);
        ReplayKey::new(holder.public_key(), &TokenId::new(alloc::format!("{n}")).unwrap())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn once_until_expiry_and_again_after() {
        let store = MemoryReplayStore::default();
        assert_eq!(store.record(key(1), at(60), at(0)), Ok(Recorded::New));
        assert_eq!(store.record(key(1), at(60), at(0)), Ok(Recorded::Before));
        assert_eq!(store.record(key(1), at(90), at(60)), Ok(Recorded::Before));
        assert_eq!(store.record(key(2), at(60), at(60)), Ok(Recorded::New));
        assert_eq!(store.record(key(1), at(90), at(61)), Ok(Recorded::New));
    }

    #[test]
    fn holders_do_not_share_ids() {
        let id = TokenId::new("same").unwrap();
        let keys = [[1; 32], [2; 32]]
            .map(|seed| ReplayKey::new(SigningKey::from_seed(&seed).public_key(), &id));
        assert_ne!(keys[0], keys[1]);
    }

    #[test]
    fn full_refuses_and_recovers_by_time() {
        let store = MemoryReplayStore::with_capacity(1);
        let results: alloc::vec::Vec<_> =
            (0..1000).map(|n| store.record(key(n), at(60), at(0))).collect();
        let taken = results.iter().filter(|result| **result == Ok(Recorded::New)).count();
        assert_eq!(taken, SHARDS, "one entry a shard");
        assert_eq!(store.len(), SHARDS);
        // Live entries stay, whatever was tried after them.
        for (n, result) in (0..).zip(&results).filter(|(_, result)| result.is_ok()) {
            assert_eq!(store.record(key(n), at(60), at(60)), Ok(Recorded::Before), "{result:?}");
        }
        assert!((0..1000).any(|n| store.record(key(n), at(200), at(61)) == Ok(Recorded::New)));
    }

    #[test]
    fn once_although_the_clock_went_back() {
        let store = MemoryReplayStore::default();
        let shard = |key: ReplayKey| usize::from(key.as_bytes()[0]) % SHARDS;
        let other = (2..).map(key).find(|other| shard(*other) == shard(key(1))).unwrap();
        assert_eq!(store.record(key(1), at(60), at(0)), Ok(Recorded::New));
        // An hour ahead, in the same shard: the first is forgotten.
        assert_eq!(store.record(other, at(3660), at(3600)), Ok(Recorded::New));
        let back = store.record(key(1), at(60), at(1));
        assert!(matches!(back, Err(ReplayStoreError::Failed(_))), "{back:?}");
    }

    #[test]
    fn once_under_concurrency() {
        for round in 0..200 {
            let store = MemoryReplayStore::default();
            let wins: usize = std::thread::scope(|scope| {
                let threads: alloc::vec::Vec<_> = (0..4)
                    .map(|_| scope.spawn(|| store.record(key(round), at(60), at(0))))
                    .collect();
                let won = |t: std::thread::ScopedJoinHandle<'_, _>| {
                    usize::from(t.join().unwrap() == Ok(Recorded::New))
                };
                threads.into_iter().map(won).sum()
            });
            assert_eq!(wins, 1, "round {round}");
        }
    }
}
