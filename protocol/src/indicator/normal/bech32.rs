//! Checksums over the bech32 alphabet: BIP 173, BIP 350 and Bitcoin Cash's cashaddr.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Whether lower-case `text` is bech32 or bech32m, with `prefix` before the last `1`.
pub(super) fn is_bech32(text: &str, prefix: &str) -> bool {
    // BIP 173's 90, and Cardano's 103 to 108 (CIP 19), which ignores that bound.
    if text.len() > 110 {
        return false;
    }
    let Some((found, data)) = text.rsplit_once('1') else { return false };
    if found != prefix || data.len() < 14 {
        return false;
    }
    let mut state = Polymod32(1);
    for byte in prefix.bytes() {
        state.feed(u32::from(byte >> 5));
    }
    state.feed(0);
    for byte in prefix.bytes() {
        state.feed(u32::from(byte & 31));
    }
    for byte in data.bytes() {
        let Some(digit) = digit(byte) else { return false };
        state.feed(digit.into());
    }
    matches!(state.0, 1 | 0x2bc8_30a3)
}

/// Whether lower-case `text` is a Bitcoin Cash address without its `bitcoincash:`.
pub(super) fn is_cash_address(text: &str) -> bool {
    if text.len() != 42 || !text.starts_with(['q', 'p']) {
        return false;
    }
    let mut state = 1_u64;
    let prefix = b"bitcoincash".iter().map(|byte| u64::from(byte & 31)).chain([0]);
    for value in prefix.map(Some).chain(text.bytes().map(|byte| digit(byte).map(u64::from))) {
        let Some(value) = value else { return false };
        state = cash_step(state, value);
    }
    state == 1
}

fn digit(byte: u8) -> Option<u8> {
    ALPHABET.iter().position(|known| *known == byte).and_then(|digit| u8::try_from(digit).ok())
}

/// BIP 173's checksum.
struct Polymod32(u32);

impl Polymod32 {
    fn feed(&mut self, value: u32) {
        const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let top = self.0 >> 25;
        self.0 = ((self.0 & 0x01ff_ffff) << 5) ^ value;
        for (bit, term) in GENERATOR.iter().enumerate() {
            if top & (1 << bit) != 0 {
                self.0 ^= term;
            }
        }
    }
}

/// The checksum of Bitcoin Cash's address specification.
fn cash_step(state: u64, value: u64) -> u64 {
    const GENERATOR: [u64; 5] =
        [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let top = state >> 35;
    let mut next = ((state & 0x07_ffff_ffff) << 5) ^ value;
    for (bit, term) in GENERATOR.iter().enumerate() {
        if top & (1 << bit) != 0 {
            next ^= term;
        }
    }
    next
}
