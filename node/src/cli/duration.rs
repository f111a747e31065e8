//! Spans of time as a person writes them: `30m`, `12h`, `7d`, `2w`.

/// Milliseconds of a span.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text} is no span of time such as 30m, 12h, 7d or 2w");
    let split = text.len().checked_sub(1).ok_or_else(wrong)?;
    let (number, unit) = text.split_at_checked(split).ok_or_else(wrong)?;
    let unit_ms: u64 = match unit {
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return Err(wrong()),
    };
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn spans_are_numbers_with_a_unit() {
        assert_eq!(parse("30m"), Ok(1_800_000));
        assert_eq!(parse("2w"), Ok(1_209_600_000));
        for wrong in ["", "d", "7", "-1d", "7 d", "99999999999999999999d", "7é"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
