//! Every signing, hashing, derivation and sealing label, in one table.
//!
//! A label says what bytes are for. It goes first into everything that is signed, hashed, derived or sealed,
//! so that a signature made for one purpose never verifies for another. A label cannot be made outside this
//! file. The `1` is the version of the whole set: a change of meaning is a new row, never an edit. Rows
//! that have left a process are frozen in `tests/vectors/labels.txt`.

use core::fmt;

/// The purpose of a signature, hash, derived key or sealed message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(&'static str);

impl Label {
    /// The text that goes into the hash or signature: ASCII, shorter than 256 bytes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! table {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Label = Label(concat!("watchfire/1/", $text));)*

        // Their length goes into one byte of what is signed.
        $(const _: () = assert!($name.0.len() < 256);)*

        /// All of them, in the order of the table.
        pub const ALL: &[Label] = &[$($name),*];
    };
}

table! {
    /// A card, signed by the organisation key.
    SIGN_CARD = "sign/card";
    /// A delegation, signed by the organisation key.
    SIGN_DELEGATION = "sign/delegation";
    /// A founding charter, signed by each founder's steward key.
    SIGN_FOUNDING = "sign/founding";
    /// A change of membership, signed by its author.
    SIGN_ACT = "sign/act";
    /// A steward's answer to an act.
    SIGN_APPROVAL = "sign/approval";
    /// An epoch header, signed by the steward that dealt it.
    SIGN_HEADER = "sign/header";
    /// A record, signed by a publisher key.
    SIGN_RECORD = "sign/record";
    /// An envelope, signed by its epoch's gate key.
    SIGN_GATE = "sign/gate";
    /// A node's addresses, signed by the daemon key.
    SIGN_PRESENCE = "sign/presence";
    /// The proof of identity in a greeting, signed by the daemon key.
    SIGN_GREETING = "sign/greeting";
    /// A control message to a relay, signed by a pseudonymous control key.
    SIGN_RELAY_CONTROL = "sign/relay-control";
    /// The proof to a relay that one may fetch, signed by the gate key.
    SIGN_RELAY_PROOF = "sign/relay-proof";

    /// Member id, from the organisation key.
    HASH_MEMBER = "hash/member";
    /// Circle id, from the charter.
    HASH_CIRCLE = "hash/circle";
    /// Act and approval ids.
    HASH_ACT = "hash/act";
    /// Epoch id, from the header.
    HASH_EPOCH = "hash/epoch";
    /// Record id.
    HASH_RECORD = "hash/record";
    /// Envelope id.
    HASH_ENVELOPE = "hash/envelope";
    /// Fingerprint words of an organisation key.
    HASH_FINGERPRINT = "hash/fingerprint";
    /// Whose turn it is to deal an epoch.
    HASH_TURN = "hash/turn";
    /// Digest of the readers of an epoch.
    HASH_READERS = "hash/readers";
    /// Digest of a roster frontier.
    HASH_FRONTIER = "hash/frontier";
    /// Fingerprint of a range of ids in reconciliation.
    HASH_RANGE = "hash/range";
    /// What an indicator is looked up by in the shared view.
    HASH_OBSERVABLE = "hash/observable";
    /// What tells the outside sources of reports apart.
    HASH_SOURCE = "hash/source";
    /// Transcript of a greeting.
    HASH_GREETING = "hash/greeting";
    /// Checksum of a text block.
    HASH_ARMOR = "hash/armor";

    /// Commitment to an epoch secret.
    DERIVE_COMMITMENT = "derive/commitment";
    /// Key that seals the records of an epoch.
    DERIVE_CONTENT = "derive/content";
    /// Seed of an epoch's gate key.
    DERIVE_GATE = "derive/gate";
    /// Key, and then value, of an envelope's nonce.
    DERIVE_NONCE = "derive/nonce";
    /// Circle tag, from the circle id.
    DERIVE_CIRCLE_TAG = "derive/circle-tag";
    /// Key of a greeting under an epoch secret that both ends hold.
    DERIVE_GREETING = "derive/greeting";
    /// Key of a greeting between founders, before there is an epoch.
    DERIVE_FOUNDING_GREETING = "derive/founding-greeting";
    /// Key that seals values at rest.
    DERIVE_STORE_VALUE = "derive/store-value";
    /// Key of the look-up hashes at rest.
    DERIVE_STORE_LOOKUP = "derive/store-lookup";
    /// Key of the reconciliation symbols of a circle.
    DERIVE_RECONCILE = "derive/reconcile";
    /// Seed of a pseudonymous relay control key.
    DERIVE_RELAY_CONTROL = "derive/relay-control";
    /// Key of a key file.
    DERIVE_KEYFILE = "derive/key-file";
    /// Cipher key, nonce and commitment of what is sealed to named readers.
    DERIVE_AUDIENCE = "derive/audience";

    /// An epoch secret, sealed to a reader.
    SEAL_EPOCH = "seal/epoch";
    /// A ticket, sealed to a newcomer.
    SEAL_TICKET = "seal/ticket";
    /// A greeting, sealed to a member with whom no epoch is shared.
    SEAL_GREETING = "seal/greeting";
    /// The key of a content, sealed to one of its named readers.
    SEAL_AUDIENCE = "seal/audience";
}
