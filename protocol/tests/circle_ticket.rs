//! Tickets: for one card only, and bounded.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use proptest::prelude::*;
use watchfire_keys::armor::{self, ArmorError, Kind};
use watchfire_keys::ids::{ActId, CircleId};
use watchfire_keys::sealing;
use watchfire_protocol::circle::{Contact, Ticket, TicketError};

fn contact(number: usize) -> Contact {
    let person = person(number);
    Contact {
        member: person.member,
        sealing: person.card.sealing.clone(),
        peer: vec![number as u8; 38],
        addresses: vec![String::from("/ip4/192.0.2.7/udp/4001/quic-v1")],
    }
}

fn ticket(contacts: usize) -> Ticket {
    Ticket {
        circle: CircleId::from_bytes([1; 32]),
        act: ActId::from_bytes([2; 32]),
        contacts: (0..contacts).map(contact).collect(),
    }
}

#[test]
fn only_the_holder_of_the_card_opens_its_ticket() {
    let (newcomer, other) = (person(6), person(9));
    let text = ticket(2).seal(&newcomer.card.sealing, &mut rng(1)).unwrap();
    assert!(text.starts_with("-----BEGIN WATCHFIRE TICKET-----"));
    assert_eq!(Ticket::open(&newcomer.identity.sealing, &text), Ok(ticket(2)));
    let mail = format!("Hello,\r\n\r\nhere it is:\r\n{}\r\nBest", text.replace('\n', "\r\n> "));
    assert_eq!(Ticket::open(&newcomer.identity.sealing, &mail), Ok(ticket(2)));

    let refused = Ticket::open(&other.identity.sealing, &text).unwrap_err();
    assert_eq!(refused, TicketError::NotForThisKey);
    assert_eq!(refused.to_string(), "the ticket was made for another card");
    assert!(refused.remedy().contains("watchfire card"));
}

#[test]
fn a_card_pasted_for_a_ticket_is_told_as_such() {
    let newcomer = person(6);
    let refused = Ticket::open(&newcomer.identity.sealing, &newcomer.card.to_text());
    assert!(matches!(refused, Err(TicketError::Text(ArmorError::WrongKind { .. }))));
    let refused = Ticket::open(&newcomer.identity.sealing, "see you on Monday");
    assert_eq!(refused, Err(TicketError::Text(ArmorError::Missing)));
}

#[test]
fn contacts_are_bounded_when_a_ticket_is_made_and_when_it_is_opened() {
    let newcomer = person(6);
    let seal = |ticket: Ticket| ticket.seal(&newcomer.card.sealing, &mut rng(1));
    assert_eq!(seal(ticket(0)), Err(TicketError::Contacts));
    assert_eq!(seal(ticket(17)), Err(TicketError::Contacts));
    let mut long = ticket(1);
    long.contacts[0].addresses = vec![String::from("x"); 9];
    assert_eq!(seal(long.clone()), Err(TicketError::Contacts));
    long.contacts[0].addresses = vec!["x".repeat(257)];
    assert_eq!(seal(long.clone()), Err(TicketError::Contacts));
    long.contacts[0] = Contact { peer: vec![0; 65], ..contact(0) };
    assert_eq!(seal(long.clone()), Err(TicketError::Contacts));

    // The largest that may be.
    let mut full = ticket(16);
    for contact in &mut full.contacts {
        contact.peer = vec![7; 64];
        contact.addresses = vec!["x".repeat(256); 8];
    }
    let text = seal(full.clone()).unwrap();
    assert_eq!(Ticket::open(&newcomer.identity.sealing, &text), Ok(full));

    // One that a hostile steward seals itself.
    for hostile in [ticket(0), ticket(17), long] {
        let plain = watchfire_keys::codec::encode(&hostile);
        let sealed = sealing::seal(
            &newcomer.card.sealing,
            watchfire_keys::labels::SEAL_TICKET,
            &[1],
            &plain,
            &mut rng(1),
        );
        let bytes: Vec<u8> = [1].into_iter().chain(sealed.unwrap()).collect();
        let refused = Ticket::open(&newcomer.identity.sealing, &armor::encode(Kind::Ticket, &bytes));
        assert!(matches!(refused, Err(TicketError::Contacts | TicketError::Malformed)), "{refused:?}");
    }
}

#[test]
fn a_ticket_of_a_newer_version_says_so() {
    let newcomer = person(6);
    let text = ticket(1).seal(&newcomer.card.sealing, &mut rng(1)).unwrap();
    let mut bytes = armor::decode(Kind::Ticket, &text, 100_000).unwrap();
    bytes[0] = 2;
    let refused = Ticket::open(&newcomer.identity.sealing, &armor::encode(Kind::Ticket, &bytes));
    assert_eq!(refused, Err(TicketError::TooNew { version: 2 }));
    let refused = Ticket::open(&newcomer.identity.sealing, &armor::encode(Kind::Ticket, &[]));
    assert_eq!(refused, Err(TicketError::Malformed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_or_cut_ticket_is_an_error(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let newcomer = person(6);
        let text = ticket(1).seal(&newcomer.card.sealing, &mut rng(1)).unwrap();
        let bytes = armor::decode(Kind::Ticket, &text, 100_000).unwrap();
        let at = at.index(bytes.len());
        // Damage that the checksum does not see, because it was made anew.
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << bit;
        let flipped = armor::encode(Kind::Ticket, &flipped);
        prop_assert!(Ticket::open(&newcomer.identity.sealing, &flipped).is_err());
        let cut = armor::encode(Kind::Ticket, &bytes[..at]);
        prop_assert!(Ticket::open(&newcomer.identity.sealing, &cut).is_err());
        prop_assert!(Ticket::open(&newcomer.identity.sealing, &text[..at]).is_err());
    }
}
