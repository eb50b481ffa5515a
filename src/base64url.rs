//! Unpadded base64url (RFC 4648 section 5, RFC 7515 appendix C), strictly.
//!
//! Padding, white space, other alphabets and non-zero trailing bits are refused, so that every
//! byte string has exactly one text.

use alloc::{string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Text that is not the one base64url form of any byte string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not unpadded base64url")]
pub(crate) struct NotBase64Url;

/// The one base64url form of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The one base64url form of `N` bytes, in the `M` characters that it takes.
pub(crate) fn encode_array<const N: usize, const M: usize>(bytes: &[u8; N]) -> [u8; M] {
    const { assert!(M == (4 * N).div_ceil(3), "as many characters as the bytes take") }
    let mut text = [0; M];
    // INVARIANT: there is room, so nothing fails.
    let _ = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
    text
}

/// The bytes that `text` encodes.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, NotBase64Url> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotBase64Url)
}

/// The bytes that `text` encodes, when they are exactly `N`.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], NotBase64Url> {
    let mut bytes = [0_u8; N];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(written) if written == N => Ok(bytes),
        _ => Err(NotBase64Url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_is_read() {
        assert_eq!(decode("AQID").unwrap(), [1, 2, 3]);
        assert_eq!(decode_array::<1>("_w").unwrap(), [255]);
        assert_eq!(encode_array::<3, 4>(&[1, 2, 3]), *b"AQID");
        assert_eq!(encode_array::<1, 2>(&[255]), *b"_w");
        // Reading 14: padding, white space, the standard alphabet, trailing bits.
        for text in ["AQI=", "AQ==", "AQ I", "AQ\n", "+/AA", "AR", "A", "_x"] {
            assert!(decode(text).is_err(), "{text:?}");
        }
        assert!(decode_array::<2>("AQID").is_err());
        assert!(decode_array::<4>("AQID").is_err());
    }
}
