//! The sanitizer: what may leave a member's machine.
//!
//! Decides which indicators of an input are shared, which are changed, dropped or held, and why. Runs on the
//! publisher's machine before anything is signed; it never sends, stores or logs anything. Its steps, in the order of a
//! publication:
//!
//! 1. [`extract`](extract::extract): indicators out of prose, tables, lists and AsciiDoc (structured formats and mails
//!    bring their own, each with its [`Origin`]);
//! 2. [`Sanitizer::decide`]: each [`Candidate`] against the table of [`RULES`];
//! 3. [`Sanitizer::clean_text`]: titles and summaries; [`Sanitizer::clean_reference`]: references;
//! 4. [`guard()`]: over every text that would leave, knowing nothing but the forbidden strings.
//!
//! Fail closed: what cannot be judged is held, and a leak that the guard sees stops the publication.

mod decisions;
pub mod extract;
pub mod facts;
mod fingerprint;
mod forms;
pub mod gateway;
mod guard;
mod imitation;
mod judge;
mod lookalike;
mod notes;
mod organisation;
mod origin;
mod own;
mod reserved;
mod rules;
mod special;
pub mod stable;
mod text;
mod token;
mod url_parts;
pub mod warninglist;

pub use decisions::{Decisions, Verdict};
pub use extract::{Extraction, Found, MAX_TEXT_BYTES, Skipped, extract, extract_each};
pub use facts::{is_mail_provider, is_mail_service};
pub use fingerprint::{Fingerprint, fingerprint};
pub use guard::{Leak, guard};
pub use judge::{Change, Decision, Kept, Sanitizer};
pub use lookalike::{Flag, flags};
pub use notes::{Note, received_notes};
pub use organisation::{is_public_mail, registrable_domain};
pub use origin::{Candidate, Origin};
pub use own::OwnList;
pub use rules::{ChangeKind, RULES, Rule};
pub use text::{CleanText, REMOVED};
pub use warninglist::Warninglists;
