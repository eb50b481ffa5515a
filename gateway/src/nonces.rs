//! Nonces that a guard recognises without remembering them (AAT-02 7.2, step 7h).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::{fmt, time::Duration};
use taper::{Nonces, Timestamp};
use zeroize::Zeroizing;

/// One nonce for each period of time, made with a key that only the guard's replicas have. The
/// current period's and the one before are accepted, so a nonce is good for one to two periods.
pub struct RotatingNonces {
    key: Zeroizing<[u8; 64]>,
    /// Seconds, at least one.
    period: i64,
}

impl RotatingNonces {
    /// Nonces made with `key`, which change every `period`, in whole seconds.
    pub fn new(key: [u8; 32], period: Duration) -> Self {
        let period = i64::try_from(period.as_secs()).unwrap_or(i64::MAX).max(1);
        // A block of the hash: the key, and zeros after it (RFC 2104).
        let key = Zeroizing::new(key);
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(*key).for_each(|(to, from)| *to = from);
        Self { key: block, period }
    }

    /// The nonce to tell clients at `now`.
    pub fn current(&self, now: Timestamp) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(self.slot(now)).finalize().into_bytes())
    }

    fn slot(&self, now: Timestamp) -> i64 {
        now.as_unix().div_euclid(self.period)
    }

    fn mac(&self, slot: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::new(&(*self.key).into());
        mac.update(b"taper nonce");
        mac.update(&slot.to_be_bytes());
        mac
    }
}

impl Nonces for RotatingNonces {
    fn accepts(&self, nonce: &str, now: Timestamp) -> bool {
        let Ok(nonce) = URL_SAFE_NO_PAD.decode(nonce) else { return false };
        let slot = self.slot(now);
        // Compared in constant time: how much of a guess is right is not told.
        [Some(slot), slot.checked_sub(1)]
            .into_iter()
            .flatten()
            .any(|slot| self.mac(slot).verify_slice(&nonce).is_ok())
    }
}

impl fmt::Debug for RotatingNonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatingNonces").field("period", &self.period).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_lives_one_to_two_periods() {
        let nonces = RotatingNonces::new([7; 32], Duration::from_secs(60));
        let at = Timestamp::from_unix;
        let nonce = nonces.current(at(120));
        assert_eq!(nonce, nonces.current(at(179)));
        assert_ne!(nonce, nonces.current(at(180)));
        for (time, accepted) in [(119, false), (120, true), (239, true), (240, false), (-1, false)]
        {
            assert_eq!(nonces.accepts(&nonce, at(time)), accepted, "{time}");
        }
        for other in ["", "AAAA", nonce.split_at(1).1, &nonce.to_lowercase(), &format!("{nonce}=")]
        {
            assert!(!nonces.accepts(other, at(120)), "{other}");
        }
        assert!(!RotatingNonces::new([8; 32], Duration::from_secs(60)).accepts(&nonce, at(120)));
        assert!(!format!("{nonces:?}").contains('7'));
    }

    #[test]
    fn extreme_times() {
        let nonces = RotatingNonces::new([7; 32], Duration::ZERO);
        for time in [i64::MIN, -1, 0, i64::MAX] {
            let time = Timestamp::from_unix(time);
            assert!(nonces.accepts(&nonces.current(time), time));
        }
    }
}
