//! Every bound on what a peer or an author can make a node hold, in one place, each with its reason.
//!
//! Sizes are bytes unless the name says otherwise, times are milliseconds. Nothing here is negotiated: a frame or a
//! record over a limit is refused by the rule that names it.

/// One frame on a link: the largest envelope with room for the frame around it, and small enough that a slow link
/// is never blocked for long.
pub const MAX_FRAME_BYTES: usize = 128 * 1024;

/// One signed record, canonical bytes and signature: fits the largest padding bucket with its length prefix.
pub const MAX_RECORD_BYTES: usize = 60 * 1024;

/// One record's body alone; what is left of a record holds ids, keys and the signature.
pub const MAX_BODY_BYTES: usize = MAX_RECORD_BYTES - RECORD_OVERHEAD_BYTES;

/// What a record needs beside its body, rounded up: 225 bytes at most by its encoding.
pub const RECORD_OVERHEAD_BYTES: usize = 256;

/// Indicators in one record: what a person can still look at in one piece, and what an index takes in at once.
pub const MAX_INDICATORS_PER_RECORD: usize = 512;

/// Parts of one publication beside its head; with [`MAX_INDICATORS_PER_RECORD`] some 131,000 indicators.
pub const MAX_PART_COUNT: u16 = 256;

/// Characters of a report's title: one line on a screen.
pub const MAX_TITLE_CHARS: usize = 200;

/// Characters of a report's summary: a page.
pub const MAX_SUMMARY_CHARS: usize = 4_000;

/// Characters of a report's playbook (what to do about it): a page.
pub const MAX_PLAYBOOK_CHARS: usize = 4_000;

/// Characters of a reason, in a dispute or a withdrawal.
pub const MAX_REASON_CHARS: usize = 300;

/// ATT&CK and DISARM techniques of one report; the largest in public MISP feeds name about thirty.
pub const MAX_TECHNIQUES: usize = 64;

/// External references of one report.
pub const MAX_REFERENCES: usize = 16;

/// Characters of the name of a reference's source.
pub const MAX_SOURCE_CHARS: usize = 100;

/// Characters of a reference's address.
pub const MAX_REFERENCE_CHARS: usize = 500;

/// How far ahead of this node's clock a record may be dated: what badly kept clocks are off by.
pub const MAX_FUTURE_MS: u64 = 10 * 60 * 1000;

/// How long after its creation a report may claim to be valid: five years, beyond which nobody knows.
pub const MAX_VALIDITY_MS: u64 = 5 * 365 * DAY_MS;

/// Milliseconds of a day.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Positions of one signer's chain that are remembered one by one; older ones are forgotten, newest first kept.
pub const MAX_CHAIN_POSITIONS: usize = 4_096;

/// Records of one author that a node keeps at a time, however they came: one every minute of the usual retention.
pub const MAX_AUTHOR_RECORDS: usize = 262_144;

/// The same in bytes. What a member of a circle can have every other node keep, and no more.
pub const MAX_AUTHOR_BYTES: u64 = 512 * 1024 * 1024;

/// Different records remembered for one position of a chain: two prove a fork, a third one changes nothing.
pub const MAX_CHAIN_CLAIMS: usize = 3;

/// Signers whose chains are followed; a roster of a thousand members with four keys each.
pub const MAX_CHAIN_SIGNERS: usize = 4_096;

/// Readers of a report that names them, the author included; with their slots a record has 23 KB left for the report.
pub const MAX_NAMED_READERS: usize = watchfire_keys::audience::MAX_READERS;

// Circles: founding, acts, approvals, epochs and tickets.

/// Sides of a circle: more blocs than any legislature has.
pub const MAX_SIDES: usize = 16;

/// Founders of a circle; everybody else is invited. With ordinary cards so many fit into one frame.
pub const MAX_FOUNDERS: usize = 64;

/// A charter: 64 ordinary cards of at most 1,890 bytes each.
pub const MAX_CHARTER_BYTES: usize = 119 * 1024;

/// A charter with a signature of each founder: with the frame around it still within [`MAX_FRAME_BYTES`].
pub const MAX_DRAFT_BYTES: usize = MAX_CHARTER_BYTES + 7 * 1024;

/// A signed act: the largest card, 64 parents, a reason of 300 characters, 32 cuts of at most 75 bytes.
pub const MAX_ACT_BYTES: usize = 12 * 1024;

/// Signers whose records one act ends: twice what a card holds, for keys that were delegated and revoked later.
pub const MAX_CUTS: usize = 32;

/// Keys of one member that sign for it at the same time, those of its card included.
pub const MAX_LIVE_KEYS: usize = 16;

/// A member's own acts need nobody's consent, so their number is bounded by time: so many at any time,
pub const SPARE_OWN_ACTS: u32 = 16;

/// and one more in so many milliseconds since the founding.
pub const OWN_ACT_MS: u64 = 6 * 60 * 60 * 1000;

/// Different acts of one member for one place among its own: two prove that it signed twice, a third changes nothing.
pub const MAX_OWN_RIVALS: usize = 2;

/// Own acts of all members without effect, on which nothing stands, before a log lets go of them: doing so costs some
/// hundred milliseconds with 10,000 acts, so it is not done for each one.
pub const MAX_IDLE_ACTS: usize = 64;

/// A signed approval: 64 acts of a frontier, ids, keys and the signature.
pub const MAX_APPROVAL_BYTES: usize = 3 * 1024;

/// Acts that one act, approval or header names; a header's own bound.
pub const MAX_FRONTIER: usize = watchfire_keys::epoch::MAX_FRONTIER;

/// How long after its proposal an act can be approved: 14 days, over a fortnight's holiday.
pub const PROPOSAL_MS: u64 = 14 * DAY_MS;

/// How long an expired proposal stays visible before it is forgotten.
pub const PROPOSAL_GRACE_MS: u64 = 14 * DAY_MS;

/// Proposals of one member that wait for approvals at the same time.
pub const MAX_OPEN_PROPOSALS: usize = 32;

/// Acts and approvals set aside until what they need is here.
pub const MAX_ASIDE_ITEMS: usize = 1_024;

/// The same, in bytes.
pub const MAX_ASIDE_BYTES: usize = 4 * 1024 * 1024;

/// Rosters at earlier frontiers that are kept at hand: headers and greetings ask for few at a time.
pub const MAX_RECENT_ROSTERS: usize = 8;

/// Epoch headers set aside until their frontier is here.
pub const MAX_HEADERS_ASIDE: usize = 256;

/// Epochs of one dealer within the retention: one for each change of membership and one each 54 hours, many times over.
pub const MAX_HEADERS_PER_DEALER: usize = 4_096;

/// Epochs within the retention, some 400 bytes each.
pub const MAX_HEADERS: usize = 16_384;

/// One round of dealing at a frontier in so many milliseconds, and [`SPARE_ROUNDS`] at any time.
pub const ROUND_MS: u64 = 60 * 1000;

/// Rounds of dealing that need no waiting: a person who rotates a few times in a row.
pub const SPARE_ROUNDS: u64 = 8;

/// Members that a ticket names to call.
pub const MAX_CONTACTS: usize = 16;

/// Addresses of one contact.
pub const MAX_ADDRESSES: usize = 8;

/// Bytes of one address.
pub const MAX_ADDRESS_BYTES: usize = 256;

/// Bytes of a transport's name of a node; a libp2p peer id has 38.
pub const MAX_PEER_BYTES: usize = 64;

/// A ticket before it is sealed: 16 contacts at their largest.
pub const MAX_TICKET_BYTES: usize = 56 * 1024;
