//! Whether letters make a word that somebody could say.
//!
//! Decides by rough rules for Latin letters, with no dictionary, so that the words of every language written in them
//! pass. Random letters pass now and then; that is why letters alone are a token only when they are many.

/// Letter pairs that no common word of the European languages has. Sorted.
const RARE_PAIRS: [&[u8; 2]; 128] = [
    b"bq", b"bx", b"cf", b"cg", b"cj", b"cv", b"cx", b"dx", b"fb", b"fd", b"fj", b"fk", b"fp", b"fq", b"fv",
    b"fx", b"fz", b"gq", b"gv", b"gx", b"hj", b"hq", b"hv", b"hx", b"hz", b"jb", b"jc", b"jd", b"jf", b"jg",
    b"jh", b"jj", b"jk", b"jl", b"jm", b"jn", b"jp", b"jq", b"jr", b"js", b"jt", b"jv", b"jw", b"jx", b"jz",
    b"kq", b"kv", b"kx", b"kz", b"lq", b"lx", b"mj", b"mq", b"mx", b"mz", b"pq", b"pv", b"px", b"pz", b"qa",
    b"qb", b"qc", b"qd", b"qe", b"qf", b"qg", b"qh", b"qi", b"qj", b"qk", b"ql", b"qm", b"qn", b"qo", b"qp",
    b"qq", b"qr", b"qs", b"qt", b"qv", b"qw", b"qx", b"qy", b"qz", b"sx", b"tq", b"tx", b"vb", b"vc", b"vd",
    b"vf", b"vg", b"vh", b"vj", b"vk", b"vm", b"vp", b"vq", b"vv", b"vw", b"vx", b"vz", b"wj", b"wq", b"wv",
    b"wx", b"wz", b"xb", b"xd", b"xg", b"xj", b"xk", b"xn", b"xq", b"xr", b"xv", b"xw", b"xz", b"yj", b"yq",
    b"yy", b"zb", b"zf", b"zj", b"zq", b"zr", b"zv", b"zx",
];

/// Consonants in a row; German has eight of them (`Angstschweiss`).
const MOST_CONSONANTS: usize = 8;

/// Whether `letters`, ASCII letters only, can be said: it has vowels, not too many consonants in a row and no pair of
/// letters that words do not have. Three letters and fewer pass always, as abbreviations do.
pub(super) fn is_sayable(letters: &str) -> bool {
    if letters.len() <= 3 {
        return true;
    }
    let mut vowels = 0_usize;
    let mut row = 0_usize;
    let mut longest_row = 0_usize;
    let mut pair = [0_u8; 2];
    for letter in letters.bytes().map(|byte| byte.to_ascii_lowercase()) {
        pair = [pair[1], letter];
        if RARE_PAIRS.binary_search(&&pair).is_ok() {
            return false;
        }
        if matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y') {
            vowels = vowels.saturating_add(1);
            row = 0;
        } else {
            row = row.saturating_add(1);
            longest_row = longest_row.max(row);
        }
    }
    // One vowel in eight letters at least, and not vowels alone.
    vowels.saturating_mul(8) >= letters.len()
        && longest_row <= MOST_CONSONANTS
        && (vowels < letters.len() || letters.len() < 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_languages_can_be_said() {
        assert!(RARE_PAIRS.is_sorted());
        for word in [
            "invoice",
            "account",
            "verification",
            "rechnungsschreiben",
            "angstschweiss",
            "szczegoly",
            "login",
            "wordpress",
            "download",
            "bestaetigung",
            "przelew",
            "facture",
            "cuenta",
            "sicherheit",
            "gov",
            "quick",
            "index",
            "express",
            "netflix",
            "exchange",
            "schedule",
            "strength",
            "queue",
        ] {
            assert!(is_sayable(word), "{word}");
        }
    }

    #[test]
    fn random_letters_mostly_cannot() {
        for letters in ["xkqf", "bvqzjw", "qxjzkwpt", "tgbnhw", "kdfjvb"] {
            assert!(!is_sayable(letters), "{letters}");
        }
    }
}
