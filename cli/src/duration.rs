//! Durations on the command line and in grant files: `90s`, `15m`, `1h`, `7d`, or plain seconds.

use std::time::Duration;

/// Reads a duration of whole seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let expected = "expected a duration such as `90s`, `15m`, `1h`, `7d`, or seconds";
    let duration = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => humantime::parse_duration(text).map_err(|_| expected.to_owned())?,
    };
    if duration.subsec_nanos() != 0 {
        return Err("expected whole seconds".into());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn durations() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs());
        for (text, expected) in [("90s", 90), ("15m", 900), ("1h", 3600), ("7d", 604_800)] {
            assert_eq!(seconds(text), Ok(expected));
        }
        assert_eq!(seconds("3600"), Ok(3600));
        assert_eq!(seconds("1h 30m"), Ok(5400));
        for text in ["", "-1", "1.5", "soon", "1h!", "500ms", "99999999999999999999d"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
