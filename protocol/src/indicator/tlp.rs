//! The Traffic Light Protocol 2.0 of FIRST: how far a record may be handed on.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A TLP 2.0 marking. The order is by restrictiveness, so the stricter of two is their `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tlp {
    /// No limit.
    #[serde(rename = "clear")]
    Clear,
    /// The community.
    #[serde(rename = "green")]
    Green,
    /// The recipients' organisations and their clients, on a need-to-know basis.
    #[serde(rename = "amber")]
    Amber,
    /// The recipients' organisations only.
    #[serde(rename = "amber+strict")]
    AmberStrict,
    /// The named recipients only.
    #[serde(rename = "red")]
    Red,
}

impl Tlp {
    /// Every marking, from open to strict.
    pub const ALL: [Tlp; 5] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];

    /// The name, in lower case and without `TLP:`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Tlp::Clear => "clear",
            Tlp::Green => "green",
            Tlp::Amber => "amber",
            Tlp::AmberStrict => "amber+strict",
            Tlp::Red => "red",
        }
    }

    /// The id of this marking's STIX object, as OASIS published it for TLP 2.0 (stix-common-objects).
    pub const fn stix_id(self) -> &'static str {
        match self {
            Tlp::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Tlp::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Tlp::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Tlp::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Tlp::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    /// The marking of a STIX object id: TLP 2.0, or the TLP 1.0 definitions of STIX 2.1, section 7.2.1.4.
    pub fn from_stix_id(id: &str) -> Option<Tlp> {
        match id {
            "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9" => Some(Tlp::Clear),
            "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da" => Some(Tlp::Green),
            "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82" => Some(Tlp::Amber),
            "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" => Some(Tlp::Red),
            _ => Tlp::ALL.into_iter().find(|tlp| tlp.stix_id() == id),
        }
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no TLP marking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTlp;

impl fmt::Display for UnknownTlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such TLP marking: clear, green, amber, amber+strict or red")
    }
}

impl core::error::Error for UnknownTlp {}

impl FromStr for Tlp {
    type Err = UnknownTlp;

    /// In any case, with or without `TLP:`; TLP 1.0's `white` is `clear`.
    fn from_str(text: &str) -> Result<Tlp, UnknownTlp> {
        let text = text.trim();
        let name = match text.get(..4) {
            Some(prefix) if prefix.eq_ignore_ascii_case("tlp:") => text.get(4..).unwrap_or_default().trim(),
            _ => text,
        };
        if name.eq_ignore_ascii_case("white") {
            return Ok(Tlp::Clear);
        }
        Tlp::ALL.into_iter().find(|tlp| tlp.as_str().eq_ignore_ascii_case(name)).ok_or(UnknownTlp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_marking_is_the_greater() {
        assert!(Tlp::ALL.is_sorted());
        assert_eq!(Tlp::Amber.max(Tlp::AmberStrict), Tlp::AmberStrict);
    }

    #[test]
    fn names_and_stix_ids_lead_back() {
        for tlp in Tlp::ALL {
            assert_eq!(tlp.as_str().parse(), Ok(tlp));
            assert_eq!(Tlp::from_stix_id(tlp.stix_id()), Some(tlp));
        }
        assert_eq!("TLP:AMBER+STRICT".parse(), Ok(Tlp::AmberStrict));
        assert_eq!("tlp:white".parse(), Ok(Tlp::Clear));
        assert_eq!("".parse::<Tlp>(), Err(UnknownTlp));
    }
}
