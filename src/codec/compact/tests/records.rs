//! Ids, times, names and fields that are not in their one form.

use super::*;

const MALFORMED: &str = "b compact_malformed: malformed";
const NOT_CANONICAL: &str = "b compact_malformed: not the canonical form";

/// A root with one part replaced.
fn root(change: impl FnOnce(&mut Parts)) -> Vec<Vec<u8>> {
    let mut parts = Parts::root(&[0]);
    change(&mut parts);
    vec![parts.body()]
}

/// A child with one part replaced, below a root without tools.
fn child(change: impl FnOnce(&mut Parts)) -> Vec<Vec<u8>> {
    let mut parts = Parts::derived(&[1]);
    change(&mut parts);
    vec![Parts::root(&[0]).body(), parts.body()]
}

/// `count` as a varint of one byte more than it needs.
fn long(count: u8) -> Vec<u8> {
    vec![count | 0x80, 0]
}

fn uuid(time: i64) -> String {
    crate::TokenId::uuid_v7(Timestamp::from_unix(time), [0xab; 10]).as_str().into()
}

fn uuid_bytes(time: i64) -> Vec<u8> {
    crate::TokenId::new(&*uuid(time)).unwrap().as_uuid().unwrap().into()
}

#[test]
fn ids_have_one_form() {
    let fresh = &uuid_bytes(NOW)[6..];
    let permitted = [
        cat(&[&[0], fresh]),
        cat(&[&[1], &uuid_bytes(NOW - 1)]),
        // Upper-case and bare spellings are other ids.
        cat(&[&[2], &s(&uuid(NOW).to_uppercase())]),
        cat(&[&[2], &s(&uuid(NOW).replace('-', ""))]),
        cat(&[&[2], &s(&format!("urn:uuid:{}", uuid(NOW)))]),
    ];
    for id in permitted {
        assert_eq!(refusal(&root(|parts| parts.id = id.clone())), "permitted");
        assert_eq!(refusal(&child(|parts| parts.id = id)), "permitted");
    }
    let mut no_version = fresh.to_vec();
    no_version[0] ^= 0x80;
    let mut no_variant = fresh.to_vec();
    no_variant[2] ^= 0x80;
    let refused_ids = [
        ("of this second as a UUID", cat(&[&[1], &uuid_bytes(NOW)]), NOT_CANONICAL),
        ("of this second as text", cat(&[&[2], &s(&uuid(NOW))]), NOT_CANONICAL),
        ("a UUID as text", cat(&[&[2], &s(&uuid(NOW - 1))]), NOT_CANONICAL),
        ("no version", cat(&[&[0], &no_version]), MALFORMED),
        ("no variant", cat(&[&[0], &no_variant]), MALFORMED),
        ("empty", cat(&[&[2], &s("")]), MALFORMED),
        ("not UTF-8", vec![2, 1, 0xff], MALFORMED),
        ("an unknown form", vec![3, 0], "unknown id tag 0x03"),
        ("longer than the rest", vec![2, 100], "the bytes end within id"),
        ("an over-long length", cat(&[&[2], &long(1), b"r"]), MALFORMED),
    ];
    for (name, id, expected) in refused_ids {
        refused(vec![
            (name, root(|parts| parts.id = id.clone()), expected),
            (name, child(|parts| parts.id = id), expected),
        ]);
    }
}

#[test]
fn times_and_ceilings_stay_in_range() {
    let most = n(u64::MAX);
    refused(vec![
        ("root iat over-long", root(|p| p.times = cat(&[&long(0), &n(1)])), "3b"),
        ("root iat beyond 64 bits", root(|p| p.times = [&[0xff; 9][..], &[2, 1]].concat()), "3b"),
        ("root exp over-long", root(|p| p.times = cat(&[&z(NOW), &long(1)])), "3b"),
        ("root exp out of range", root(|p| p.times = cat(&[&z(NOW), &most])), "exp is out"),
        ("root exp is iat", root(|p| p.times = cat(&[&z(NOW), &n(0)])), "3e expired"),
        ("root ceiling over-long", root(|p| p.depth = long(1)), "3b"),
        ("root ceiling beyond 32 bits", root(|p| p.depth = n(1 << 32)), "3b"),
        ("root ceiling beyond limits", root(|p| p.depth = n(9)), "3i"),
        ("other issuer", root(|p| p.issuer = s("https://other.example")), "3k issuer_mismatch"),
        ("child iat over-long", child(|p| p.times = cat(&[&long(0), &n(1)])), "4b"),
        ("child iat out of range", child(|p| p.times = cat(&[&most, &n(0)])), "iat is out"),
        ("child iat in the future", child(|p| p.times = cat(&[&n(31), &n(0)])), "4k"),
        ("child exp out of range", child(|p| p.times = cat(&[&n(0), &most])), "exp is out"),
        ("child expired", child(|p| p.times = cat(&[&n(0), &n(3600)])), "4i expired"),
        ("child exp not after iat", child(|p| p.times = cat(&[&n(9), &n(3591)])), "4l"),
        ("child ceiling below zero", child(|p| p.depth = n(4)), "del_max_depth is out"),
        ("child ceiling below depth", child(|p| p.depth = n(3)), "4m"),
    ]);
}

#[test]
fn audiences_are_sorted_sets() {
    let names = |names: &[&str]| {
        cat(&[&n(names.len() as u64), &names.iter().flat_map(|name| s(name)).collect::<Vec<_>>()])
    };
    let with =
        |names: Vec<u8>| [root(|p| p.audience = names.clone()), child(|p| p.audience = names)];
    for bodies in with(names(&["a", "b"])) {
        assert_eq!(refusal(&bodies), "permitted");
    }
    for (name, audience, expected) in [
        ("unsorted", names(&["b", "a"]), NOT_CANONICAL),
        ("twice", names(&["a", "a"]), NOT_CANONICAL),
        ("count over-long", cat(&[&long(1), &s("a")]), MALFORMED),
        ("more than the rest", n(100), "the bytes end within aud"),
        ("more than memory", n(u64::MAX), "the bytes end within aud"),
    ] {
        for bodies in with(audience) {
            refused(vec![(name, bodies, expected)]);
        }
    }
}

#[test]
fn fields_are_sorted_canonical_and_not_critical() {
    let field = |name: &str, mark: u8, value: &str| cat(&[&s(name), &[mark], &s(value)]);
    let fields = |fields: &[Vec<u8>]| cat(&[&n(fields.len() as u64), &fields.concat()]);
    let with =
        |fields: Vec<u8>| [root(|p| p.fields = fields.clone()), child(|p| p.fields = fields)];
    for bodies in with(fields(&[field("a", 0, "1"), field("b", 0, r#"{"x":[null]}"#)])) {
        let verified = verify(&bodies).unwrap();
        let others = verified.leaf().unwrap().other_claims();
        assert_eq!(others, [("a".into(), "1"), ("b".into(), r#"{"x":[null]}"#)]);
    }
    for (name, fields, expected) in [
        ("unsorted", fields(&[field("b", 0, "1"), field("a", 0, "1")]), NOT_CANONICAL),
        ("twice", fields(&[field("a", 0, "1"), field("a", 0, "1")]), NOT_CANONICAL),
        ("twice, differing", fields(&[field("a", 0, "1"), field("a", 0, "2")]), NOT_CANONICAL),
        ("critical", fields(&[field("a", 1, "1")]), "the critical field `a` is not known"),
        ("critical, of a defined claim", fields(&[field("exp", 1, "1")]), "critical field `exp`"),
        ("an unknown mark", fields(&[field("a", 2, "1")]), "unknown field tag 0x02"),
        ("a defined claim", fields(&[field("exp", 0, "1")]), MALFORMED),
        ("no JSON", fields(&[field("a", 0, "")]), MALFORMED),
        ("JSON of another form", fields(&[field("a", 0, "1.0")]), MALFORMED),
        ("JSON with space", fields(&[field("a", 0, " 1")]), MALFORMED),
        ("JSON unsorted", fields(&[field("a", 0, r#"{"b":1,"a":1}"#)]), MALFORMED),
        ("JSON, twice a member", fields(&[field("a", 0, r#"{"a":1,"a":1}"#)]), MALFORMED),
        ("JSON too deep", fields(&[field("a", 0, &"[".repeat(9000))]), MALFORMED),
        ("more than the rest", n(2), "the bytes end within fields"),
        ("more than memory", n(u64::MAX), "the bytes end within fields"),
        ("trailing", vec![0, 0], "trailing bytes"),
        ("missing", vec![], "the bytes end within fields"),
    ] {
        for bodies in with(fields) {
            refused(vec![(name, bodies, expected)]);
        }
    }
}
