//! Which of a home's circles is meant.

use watchfire_keys::CircleId;

use crate::error::{Error, Result};
use crate::exit::Exit;

/// The index of the circle that `wanted` names: an id, a unique beginning of one, or a name; the only one if nothing is
/// wanted.
pub fn choose_circle(circles: &[(CircleId, &str)], wanted: Option<&str>) -> Result<usize> {
    let Some(wanted) = wanted else {
        return match circles.len() {
            1 => Ok(0),
            0 => Err(no_circle()),
            _ => Err(Error::usage(
                "this home is in more than one circle",
                format!("--circle with {}", list(circles)),
            )),
        };
    };
    let lower = wanted.to_ascii_lowercase();
    let meant: Vec<usize> = circles
        .iter()
        .enumerate()
        .filter(|(_, (id, name))| {
            *name == wanted || (wanted.len() >= 4 && id.to_string().starts_with(&lower))
        })
        .map(|(index, _)| index)
        .collect();
    match meant[..] {
        [one] => Ok(one),
        [] if circles.is_empty() => Err(no_circle()),
        [] => Err(Error::usage(
            format!("no circle here is called {wanted}"),
            format!("--circle with {}", list(circles)),
        )),
        _ => {
            Err(Error::usage(format!("more than one circle is called {wanted}"), "more characters of its id"))
        }
    }
}

fn no_circle() -> Error {
    Error::new(
        Exit::NotInitialised,
        "no-circle",
        "this home is in no circle",
        "watchfire join TICKET, or watchfire circle found --name NAME --card FILE",
    )
}

fn list(circles: &[(CircleId, &str)]) -> String {
    let names: Vec<&str> = circles.iter().map(|(_, name)| *name).collect();
    names.join(", or ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_keys::CircleId;

    use super::choose_circle;

    #[test]
    fn the_only_circle_needs_no_name_and_several_need_one() {
        let one = [(CircleId::from_bytes([1; 32]), "Ohio")];
        let two = [one[0], (CircleId::from_bytes([2; 32]), "Iowa")];
        assert_eq!(choose_circle(&one, None).unwrap(), 0);
        assert!(choose_circle(&two, None).unwrap_err().remedy().contains("Ohio, or Iowa"));
        assert_eq!(choose_circle(&two, Some("Iowa")).unwrap(), 1);
        assert_eq!(choose_circle(&two, Some("0202")).unwrap(), 1);
        assert!(choose_circle(&two, Some("Utah")).is_err());
    }
}
