//! A circle: who is in it, who decided that, and which keys its members share.
//!
//! Everything here follows from signed items alone, and comes out the same at every node in whatever order they
//! arrived: the founding ([`Draft`]), acts and their approvals ([`ActLog`]), what all of them together say
//! ([`Roster`]), the epochs that stewards deal ([`Keyring`]), and what a newcomer is handed ([`Ticket`]).
//! Nothing here talks to a peer, keeps time or decides what is sent to whom.

mod act;
mod admit;
mod approval;
mod aside;
mod bits;
mod body;
mod body_wire;
mod changes;
mod charter;
mod circle_rules;
mod consent;
mod contradiction;
mod cut;
mod deal;
mod draft;
mod entitle;
mod error;
mod force;
mod former;
mod grant;
mod graph;
mod header;
mod history;
mod idle;
mod item;
mod keyring;
mod log;
mod merge;
mod own;
mod past;
mod pending;
mod person;
mod propose;
mod reach;
mod readers;
mod recent;
mod role;
mod roster;
mod step;
mod text;
mod ticket;
mod touched;
mod turns;

pub use act::{Act, SignedAct, root_act};
pub use approval::{Approval, Decision, SignedApproval};
pub use body::ActBody;
pub use changes::Change;
pub use charter::{Charter, CharterError};
pub use circle_rules::{CircleRules, Consent, Corroboration};
pub use contradiction::Contradiction;
pub use cut::Cut;
pub use deal::Due;
pub use draft::{Draft, DraftError, Merged};
pub use error::{ApproveError, ProposeError};
pub use former::Former;
pub use grant::{Grant, SEALED_SECRET_BYTES};
pub use item::{Item, ItemId};
pub use keyring::{Equivocation, Keyring};
pub use log::{ActLog, Inserted};
pub use pending::{ActState, Pending};
pub use role::{Role, UnknownRole};
pub use roster::{Entry, KeyState, MemberState, Roster};
pub use ticket::{Contact, Ticket, TicketError};
pub use turns::{TURN_DELAY_MS, Turn, my_turn_delay, turn_order};
