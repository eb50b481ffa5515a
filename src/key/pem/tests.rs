use super::*;
use alloc::vec::Vec;

// Made by OpenSSL 3.0: `genpkey -algorithm ed25519`, and `pkey -pubout` of that.
const OPENSSL_PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIPEJTnh5xvue/36Iu296RpN0vNgrNHp6igQ2VslA8XLF
-----END PRIVATE KEY-----
";
const OPENSSL_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAesdxDKkyXjQY9ikEQ+5O+3fEdmUCPu9wdUdU/20JrQw=
-----END PUBLIC KEY-----
";
// The same with `-algorithm x25519`.
const X25519_PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIDinlOYsktkorrbWYlkmetmycmck6pEaPqa09ah3bRR4
-----END PRIVATE KEY-----
";
const X25519_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VuAyEARgFxcf8THmgzvDweQPas692nMmJJ/1O4RYYB3DjKn0Y=
-----END PUBLIC KEY-----
";

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der).into_bytes();
    let lines = text.chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect::<Vec<_>>();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// PKCS#8 with these version, seed and rest, all lengths right.
fn pkcs8(version: u8, seed: &[u8], rest: &[u8]) -> String {
    let short = |length: usize| u8::try_from(length).unwrap();
    let mut der = Vec::from([0x30, short(14 + seed.len() + rest.len()), 2, 1, version]);
    der.extend([0x30, 5, 6, 3, 0x2b, 0x65, 0x70]);
    der.extend([4, short(2 + seed.len()), 4, short(seed.len())]);
    der.extend(seed);
    der.extend(rest);
    pem(PRIVATE, &der)
}

/// The public half in version 2: a bit string under the context tag 1 (RFC 5958 section 2).
fn public_half(unused_bits: u8, bytes: &[u8]) -> Vec<u8> {
    let mut der = Vec::from([0x81, u8::try_from(1 + bytes.len()).unwrap(), unused_bits]);
    der.extend(bytes);
    der
}

fn private(text: &str) -> Result<PublicKey, KeyError> {
    SigningKey::from_pem(text).map(|key| key.public_key().clone())
}

#[test]
fn round_trips() {
    let key = SigningKey::from_seed(&[1; 32]);
    assert_eq!(private(&key.to_pem()).as_ref(), Ok(key.public_key()));
    assert_eq!(PublicKey::from_pem(&key.public_key().to_pem()).as_ref(), Ok(key.public_key()));
    assert!(key.to_pem().capacity() <= 256, "the text grew");
    assert_eq!(*key.to_pem(), pkcs8(0, &[1; 32], &[]));
}

#[test]
fn openssl_reads_and_writes_the_same() {
    let key = SigningKey::from_pem(OPENSSL_PRIVATE).unwrap();
    assert_eq!(*key.to_pem(), OPENSSL_PRIVATE);
    assert_eq!(key.public_key().to_pem(), OPENSSL_PUBLIC);
    assert_eq!(PublicKey::from_pem(OPENSSL_PUBLIC).as_ref(), Ok(key.public_key()));
    let crlf = OPENSSL_PRIVATE.replace('\n', "\r\n");
    assert_eq!(private(&crlf).as_ref(), Ok(key.public_key()));
}

#[test]
fn version_2_brings_its_public_half() {
    let key = SigningKey::from_seed(&[1; 32]).public_key().clone();
    let own = public_half(0, key.as_bytes());
    assert_eq!(private(&pkcs8(1, &[1; 32], &own)), Ok(key.clone()));

    let other = SigningKey::from_seed(&[2; 32]).public_key().clone();
    let mut unused = *key.as_bytes();
    unused[31] &= 0xfe;
    for half in [
        public_half(0, other.as_bytes()),
        public_half(0, &key.as_bytes()[..31]),
        public_half(1, &unused),
        public_half(0, &[]),
    ] {
        let refused = private(&pkcs8(1, &[1; 32], &half));
        assert_eq!(refused, Err(KeyError::OtherPublicHalf), "{half:?}");
    }
    // Version 1 has no public half, and version 2 is the last.
    assert_eq!(private(&pkcs8(0, &[1; 32], &own)), Err(KeyError::NotEd25519));
    assert_eq!(private(&pkcs8(2, &[1; 32], &[])), Err(KeyError::NotEd25519));
}

#[test]
fn refused_private_keys() {
    let label = Err(KeyError::WrongLabel { expected: PRIVATE });
    assert_eq!(private(""), Err(KeyError::NotPem));
    assert_eq!(private("{}"), Err(KeyError::NotPem));
    assert_eq!(private(&OPENSSL_PRIVATE.replace("-----END", "-----")), Err(KeyError::NotPem));
    assert_eq!(private(OPENSSL_PUBLIC), label);
    assert_eq!(private(&OPENSSL_PRIVATE.replace("PRIVATE", "ENCRYPTED PRIVATE")), label);
    assert_eq!(private(X25519_PRIVATE), Err(KeyError::NotEd25519));
    assert_eq!(private(&pem(PRIVATE, b"")), Err(KeyError::NotPem));
    assert_eq!(private(&pem(PRIVATE, &[0x30, 0])), Err(KeyError::NotEd25519));
    for length in [0, 31, 33, 64] {
        assert_eq!(private(&pkcs8(0, &[1; 64][..length], &[])), Err(KeyError::NotEd25519));
    }
    // One byte more than the sequence says.
    let mut longer = Vec::from(PKCS8_PREFIX);
    longer.extend([1; 33]);
    assert!(private(&pem(PRIVATE, &longer)).is_err());
}

#[test]
fn refused_public_keys() {
    let spki = |bytes: &[u8]| pem(PUBLIC, &[&SPKI_PREFIX, bytes].concat());
    assert_eq!(PublicKey::from_pem("key"), Err(KeyError::NotPem));
    assert_eq!(
        PublicKey::from_pem(OPENSSL_PRIVATE),
        Err(KeyError::WrongLabel { expected: PUBLIC })
    );
    assert_eq!(PublicKey::from_pem(X25519_PUBLIC), Err(KeyError::NotEd25519));
    // The form is right; the same vetting as for bytes follows.
    let mut bytes = [0; 32];
    assert_eq!(PublicKey::from_pem(&spki(&bytes)), Err(KeyError::SmallOrder));
    bytes[0] = 2;
    assert_eq!(PublicKey::from_pem(&spki(&bytes)), Err(KeyError::NotOnCurve));
    assert_eq!(PublicKey::from_pem(&spki(&[0xff; 32])), Err(KeyError::NonCanonical));
    assert!(PublicKey::from_pem(&spki(&[1; 33])).is_err());
}
