//! Which of a million indicators were there before.

use watchfire_protocol::sanitize::{Fingerprint, fingerprint};

use super::Found;

/// Leaves each indicator once, where it first stood.
///
/// Sorted fingerprints take half the memory of a set of them, and no more time.
pub(super) fn drop_repeated(found: &mut Vec<Found>) {
    let mut prints: Vec<(Fingerprint, u32)> =
        (0_u32..).zip(found.iter()).map(|(number, found)| (fingerprint(&found.indicator), number)).collect();
    prints.sort_unstable();
    let same = prints.chunk_by(|one, next| one.0 == next.0);
    let mut repeated: Vec<u32> =
        same.flat_map(|same| same.iter().skip(1)).map(|(_, number)| *number).collect();
    drop(prints);
    if repeated.is_empty() {
        return;
    }
    repeated.sort_unstable();
    let mut repeated = repeated.into_iter().peekable();
    let mut numbers = 0_u32..;
    found.retain(|_| {
        let number = numbers.next();
        repeated.next_if(|next| Some(*next) == number).is_none()
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_protocol::indicator::{Indicator, Kind};
    use watchfire_protocol::sanitize::Origin;

    use super::super::Place;
    use super::{Found, drop_repeated};

    #[test]
    fn each_stays_where_it_first_stood() {
        let found = |number: u32, line| {
            let indicator = Indicator::parse(Kind::Asn, &format!("AS{number}")).unwrap();
            Found { indicator, place: Place::Line(line), origin: Origin::Text }
        };
        let mut all: Vec<Found> =
            [7, 9, 7, 7, 8, 9].into_iter().zip(1..).map(|(n, line)| found(n, line)).collect();
        drop_repeated(&mut all);
        assert_eq!(all, [found(7, 1), found(9, 2), found(8, 5)]);
    }
}
