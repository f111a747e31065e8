//! The table of rules. A line is: variant, number, verdict, penalty, metric label, text for people.
//!
//! Numbers are stable and never reused: the hundreds are the group (1 frame, 2 envelope, 3 record, 4 budgets, 5 act,
//! 6 approval, 7 header, 8 grant, 9 gossip, 10 reconciliation, 11 presence, 12 relay, 13 founding). A penalty is what
//! the member that delivered the message is charged, on a scale where 100 keeps it away: 0 for what honest peers do, and
//! for what they pass on of others without being able to know that it is refused elsewhere, since they know other acts,
//! keep other things or have another clock; up to 10 for what a slow peer may do, 20 and more for what only a broken or
//! hostile one does.

use core::fmt;

use super::Verdict;

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule.
    pub rule: Rule,
    /// Its number, unique and stable over versions.
    pub number: u16,
    /// What happens to the message.
    pub verdict: Verdict,
    /// What the member that delivered it is charged; 100 keeps it away.
    pub penalty: u32,
    /// The metric label: `group.rule`, lower case.
    pub label: &'static str,
    /// One sentence for people.
    pub text: &'static str,
}

macro_rules! rules {
    ($($variant:ident $number:literal $verdict:ident $penalty:literal $label:literal $text:literal;)*) => {
        /// A rule that a message can break.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Rule {
            $(#[doc = $text] $variant = $number,)*
        }

        /// Every rule, in the order of its number.
        pub const TABLE: &[Row] = &[$(Rule::$variant.row(),)*];

        impl Rule {
            /// The rule's line of the table.
            #[must_use]
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        rule: self,
                        number: $number,
                        verdict: Verdict::$verdict,
                        penalty: $penalty,
                        label: $label,
                        text: $text,
                    },)*
                }
            }
        }
    };
}

rules! {
    FrameTooLarge 101 Reject 50 "frame.too-large" "A frame is larger than any frame may be.";
    FrameMalformed 102 Reject 50 "frame.malformed" "A frame is not one that this version writes.";
    FrameBeforeGreeting 103 Reject 50 "frame.before-greeting" "A frame came before the greeting was done.";
    GreetingFailed 104 Reject 100 "frame.greeting-failed" "The other end did not prove to be a member.";

    EnvelopeMalformed 201 Reject 50 "envelope.malformed" "An envelope is too short, too long or cut.";
    EnvelopeVersion 202 Ignore 0 "envelope.version" "An envelope is of a version that this node does not know.";
    EnvelopeWrongCircle 203 Reject 20 "envelope.wrong-circle" "An envelope carries another circle's tag.";
    EnvelopeUnknownEpoch 204 Ignore 0 "envelope.unknown-epoch" "An envelope names an epoch whose header or secret is not here yet.";
    EnvelopeEpochOver 205 Ignore 0 "envelope.epoch-over" "An envelope names an epoch whose retention has ended.";
    EnvelopeBucket 206 Reject 50 "envelope.bucket" "An envelope's length is none of the padding sizes.";
    EnvelopeGate 207 Reject 50 "envelope.gate" "An envelope's gate signature does not hold.";
    EnvelopeSeen 208 Ignore 0 "envelope.seen" "An envelope was here before.";
    EnvelopeCannotOpen 209 Reject 20 "envelope.cannot-open" "An envelope does not open under the epoch that it names.";
    EnvelopeNonce 210 Reject 20 "envelope.nonce" "An envelope's nonce is not the one that its content gives.";
    EnvelopePadding 211 Reject 20 "envelope.padding" "An envelope's padding is not zeros to the smallest size that fits.";

    RecordMalformed 301 Reject 20 "record.malformed" "A record is not in its one canonical form.";
    RecordVersion 302 Ignore 0 "record.version" "A record is of a version that this node does not know.";
    RecordWrongCircle 303 Reject 20 "record.wrong-circle" "A record was signed for another circle.";
    RecordUnknownAuthor 304 Ignore 0 "record.unknown-author" "A record's author is not on the roster that this node knows.";
    RecordSigner 305 Ignore 0 "record.signer" "A record's signer held no delegation of its author for this at that time.";
    RecordSignature 306 Reject 50 "record.signature" "A record's signature does not hold.";
    RecordFuture 307 Ignore 0 "record.future" "A record is dated more than ten minutes ahead.";
    RecordTooOld 308 Ignore 0 "record.too-old" "A record is older than the circle keeps records.";
    RecordBody 309 Reject 20 "record.body" "A record's body breaks a limit or is not in its normal form.";
    RecordFork 310 Accept 0 "record.fork" "A signer made two records for one position of its chain; both are kept and shown.";
    RecordAudience 311 Reject 20 "record.audience" "A report marked TLP:RED names nobody that it is for.";
    RecordAuthorBudget 312 Ignore 0 "record.author-budget" "An author has published more than its budget allows.";
    RecordChain 313 Reject 20 "record.chain" "A first record names a predecessor, or a later one names none.";
    RecordVoid 314 Ignore 0 "record.void" "A record lies beyond the last one of its signer that stands.";
    RecordNamed 315 Reject 20 "record.named" "A record for named members holds no readable set of slots.";

    LinkBudget 401 Ignore 5 "link.budget" "A link has sent more than its budget allows.";
    LinkPushes 402 Ignore 0 "link.pushes" "A link has pushed more envelopes than its budget allows.";

    ActMalformed 501 Reject 50 "act.malformed" "An act is not in its one canonical form.";
    ActWrongCircle 502 Reject 20 "act.wrong-circle" "An act was signed for another circle.";
    ActSigner 503 Reject 20 "act.signer" "An act's signer was not entitled to it by the act's own past.";
    ActSignature 504 Reject 50 "act.signature" "An act's signature does not hold.";
    ActTooMany 506 Ignore 5 "act.too-many" "More acts wait for their parents than a node sets aside.";
    ActVersion 507 Ignore 0 "act.version" "An act is of a version that this node does not know.";
    ActFuture 508 Ignore 0 "act.future" "An act is dated more than ten minutes ahead.";
    ActBody 509 Reject 50 "act.body" "An act adds a card that does not verify, or a side that the charter lacks.";
    ActContradiction 510 Reject 20 "act.contradiction" "An act adds what its own past holds already: a member, a name or a key.";
    ItemUnknown 511 Ignore 0 "item.unknown" "An item is of a kind that this node does not know.";
    ActBlocked 512 Reject 5 "act.blocked" "An act was proposed while a side had no steward, and seats none.";
    ActOwn 513 Reject 20 "act.own" "A member's own act is signed by another key, or its number is out of turn or ahead of time.";
    ActSlot 514 Ignore 0 "act.slot" "A member signed more than two of its own acts for one number.";
    ActKeys 515 Reject 50 "act.keys" "An act brings a key that is weak, or that somebody has or had.";

    ApprovalMalformed 601 Reject 50 "approval.malformed" "An approval is not in its one canonical form.";
    ApprovalWrongCircle 602 Reject 20 "approval.wrong-circle" "An approval was signed for another circle.";
    ApprovalSigner 603 Reject 20 "approval.signer" "An approval's signer was no steward by the approval's own past.";
    ApprovalSignature 604 Reject 50 "approval.signature" "An approval's signature does not hold.";
    ApprovalVersion 607 Ignore 0 "approval.version" "An approval is of a version that this node does not know.";
    ApprovalFuture 608 Ignore 0 "approval.future" "An approval is dated more than ten minutes ahead.";
    ApprovalLate 609 Reject 5 "approval.late" "An approval was signed after the time for it was over.";

    HeaderMalformed 701 Reject 50 "header.malformed" "An epoch header is not in its one canonical form.";
    HeaderWrongCircle 702 Reject 20 "header.wrong-circle" "An epoch header was signed for another circle.";
    HeaderSigner 703 Reject 20 "header.signer" "An epoch header's signer was no steward at the frontier that it names.";
    HeaderSignature 704 Reject 50 "header.signature" "An epoch header's signature does not hold.";
    HeaderFrontier 705 Ignore 0 "header.frontier" "An epoch header names acts that are not here yet.";
    HeaderReaders 706 Reject 20 "header.readers" "An epoch header's readers are not those of the frontier that it names.";
    HeaderTooMany 707 Ignore 0 "header.too-many" "More epoch headers came than a node sets aside.";
    HeaderVersion 708 Ignore 0 "header.version" "An epoch header is of a version that this node does not know.";
    HeaderFuture 709 Ignore 0 "header.future" "An epoch header is dated more than ten minutes ahead.";
    HeaderOver 710 Ignore 0 "header.over" "An epoch header is of an epoch whose retention has ended.";
    HeaderWindow 711 Reject 20 "header.window" "An epoch header would seal for longer than the charter allows.";
    HeaderTurn 712 Reject 20 "header.turn" "An epoch header names a turn that is not its dealer's, or that has not come.";

    GrantMismatch 801 Reject 50 "grant.mismatch" "An epoch secret does not fit its header's commitment.";
    GrantUnasked 802 Ignore 0 "grant.unasked" "An epoch secret came that nobody asked for.";
    GrantUnknown 803 Ignore 0 "grant.unknown" "A grant is asked for of an epoch whose secret is not here.";
    GrantNotReader 804 Ignore 5 "grant.not-reader" "A grant is asked for by somebody who is no reader of the epoch.";

    AnnounceTooMany 901 Reject 20 "announce.too-many" "An announcement names more envelopes than one may.";
    PullUnknown 902 Ignore 0 "pull.unknown" "A pull asks for an envelope that is not here.";

    ReconcileMalformed 1001 Reject 20 "reconcile.malformed" "A reconciliation message cannot be read.";
    ReconcileUnexpected 1002 Ignore 5 "reconcile.unexpected" "A reconciliation message fits no session.";
    ReconcileTooManyRounds 1003 Ignore 10 "reconcile.too-many-rounds" "A reconciliation takes more rounds than it may.";
    ReconcileSymbols 1004 Reject 20 "reconcile.symbols" "Coded symbols are asked for or sent that no session has a place for.";
    ReconcileUndecodable 1005 Ignore 5 "reconcile.undecodable" "Coded symbols are not those of any set.";

    PresenceSignature 1101 Reject 50 "presence.signature" "A presence's signature does not hold.";
    PresenceStale 1102 Ignore 0 "presence.stale" "A presence is older than the one that is here.";
    PresenceTooLarge 1103 Reject 20 "presence.too-large" "A presence names more addresses than it may.";
    PresenceMalformed 1104 Reject 20 "presence.malformed" "A presence names an address that holds what no address does.";
    PresenceBudget 1105 Ignore 0 "presence.budget" "A member changes its presence more often than it may.";

    RelayUnpaired 1201 Reject 20 "relay.unpaired" "A relay has no pairing with this circle.";
    RelayGate 1202 Reject 50 "relay.gate" "An envelope shows none of the gates that the circle gave the relay.";
    RelayQuota 1203 Ignore 1 "relay.quota" "A circle or a link has used up its room on the relay.";
    RelayControl 1204 Reject 50 "relay.control" "A relay control message is not signed by the key that paired it.";
    RelayProof 1205 Reject 50 "relay.proof" "A subscriber did not prove to hold the gate of an epoch that lives.";

    FoundingNotAFounder 1301 Reject 20 "founding.not-a-founder" "A founding signature is by none of the draft's founders.";
    FoundingSignature 1302 Reject 50 "founding.signature" "A founding signature does not hold.";
    FoundingMalformed 1303 Reject 50 "founding.malformed" "A founding is not in its one canonical form, or its charter is not sound.";
    FoundingWrongCircle 1304 Reject 20 "founding.wrong-circle" "A founding is that of another circle.";
}

impl Rule {
    /// The stable number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.row().number
    }

    /// What happens to the message.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        self.row().verdict
    }

    /// What the member that delivered it is charged; 100 keeps it away.
    #[must_use]
    pub const fn penalty(self) -> u32 {
        self.row().penalty
    }

    /// The metric label, `group.rule`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.row().label
    }

    /// One sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.row().text
    }

    /// The rule with this number, for traces and stored counters.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        TABLE.iter().find(|row| row.number == number).map(|row| row.rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (rule {})", self.text(), self.number())
    }
}

impl core::error::Error for Rule {}
