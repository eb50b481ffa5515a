//! `cidr`: addresses as numbers, networks as intervals of them.

/// An address: its bits, 32 or 128, and what they are as a number.
pub type Address = (u32, u128);

/// The number of a decimal text from 0 to `most`, without sign and leading zero.
fn decimal(text: &str, most: u32) -> Option<u32> {
    (0..=most).find(|number| number.to_string() == text)
}

fn v4(text: &str) -> Option<u128> {
    let numbers: Option<Vec<u32>> = text.split('.').map(|number| decimal(number, 255)).collect();
    let numbers = numbers.filter(|numbers| numbers.len() == 4)?;
    Some(numbers.into_iter().fold(0, |sum, number| sum * 256 + u128::from(number)))
}

/// The groups of one side of `::`, or of the whole.
fn groups(text: &str, may_end_in_v4: bool) -> Option<Vec<u128>> {
    if text.is_empty() {
        return Some(vec![]);
    }
    let parts: Vec<&str> = text.split(':').collect();
    let mut groups = vec![];
    for (place, part) in parts.iter().enumerate() {
        if may_end_in_v4 && place + 1 == parts.len() && part.contains('.') {
            let v4 = v4(part)?;
            groups.extend([v4 >> 16, v4 & 0xffff]);
        } else {
            let digits = !part.is_empty() && part.chars().all(|c| c.is_ascii_hexdigit());
            if !digits || part.len() > 4 {
                return None;
            }
            groups.push(u128::from_str_radix(part, 16).ok()?);
        }
    }
    Some(groups)
}

/// The number of an IPv6 address in any text form, mapped ones as well.
pub fn v6(text: &str) -> Option<u128> {
    let groups = match text.split_once("::") {
        Some((_, right)) if right.contains("::") => return None,
        Some((left, right)) => {
            let (left, right) = (groups(left, false)?, groups(right, true)?);
            let zeros = 8_usize.checked_sub(left.len() + right.len()).filter(|zeros| *zeros > 0)?;
            [left, vec![0; zeros], right].concat()
        }
        None => groups(text, true)?,
    };
    if groups.len() != 8 {
        return None;
    }
    Some(groups.into_iter().fold(0, |sum, group| sum * 0x1_0000 + group))
}

/// The address that a text is, unless it is refused.
pub fn address(text: &str) -> Option<Address> {
    if let Some(number) = v4(text) {
        return Some((32, number));
    }
    let number = v6(text)?;
    let is_mapped = (0xffff_0000_0000..=0xffff_ffff_ffff).contains(&number);
    if is_mapped { None } else { Some((128, number)) }
}

/// The family of a network, its first and its last address.
pub fn network(text: &str) -> Option<(u32, u128, u128)> {
    let (start, length) = text.rsplit_once('/')?;
    let (family, first) = address(start)?;
    let length = decimal(length, family)?;
    let mut size: u128 = 1;
    for _ in length..family {
        // The whole of IPv6 is one more than the greatest number.
        size = size.saturating_mul(2);
    }
    if size == u128::MAX {
        return if first == 0 { Some((family, 0, u128::MAX)) } else { None };
    }
    if first % size == 0 { Some((family, first, first + (size - 1))) } else { None }
}

/// Whether a network has an address.
pub fn holds(network_text: &str, address_text: &str) -> bool {
    match (network(network_text), address(address_text)) {
        (Some((family, first, last)), Some((of, address))) => {
            family == of && first <= address && address <= last
        }
        _ => false,
    }
}

/// Whether one network lies in another.
pub fn lies_in(inner: &str, outer: &str) -> bool {
    match (network(inner), network(outer)) {
        (Some((family, first, last)), Some((of, from, to))) => {
            family == of && from <= first && last <= to
        }
        _ => false,
    }
}

/// An IPv6 address as RFC 5952 section 4 writes it, without a dotted part.
pub fn write_v6(number: u128) -> String {
    let groups: Vec<u128> = (0..8).rev().map(|place| (number >> (16 * place)) & 0xffff).collect();
    let write = |groups: &[u128]| {
        groups.iter().map(|group| format!("{group:x}")).collect::<Vec<_>>().join(":")
    };
    // The longest run of two zeros or more, the first of those that are as long.
    for length in (2..=8).rev() {
        for start in 0..=8 - length {
            if groups[start..start + length].iter().all(|group| *group == 0) {
                return format!(
                    "{}::{}",
                    write(&groups[..start]),
                    write(&groups[start + length..])
                );
            }
        }
    }
    write(&groups)
}
