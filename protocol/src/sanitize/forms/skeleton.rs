//! What a label looks like.

use alloc::string::String;

use super::fold::folded;

/// `label` in a spelling that all labels which look like it share: accents and homoglyphs folded, `rn` as `m`, `vv` as `w`,
/// `1` and `i` as `l`, `0` as `o`, `3` as `e`, `5` as `s`.
pub(in crate::sanitize) fn skeleton_of(label: &str) -> String {
    let mut skeleton = String::with_capacity(label.len());
    for character in folded(label).chars().flat_map(char::to_lowercase) {
        let plain = match character {
            '1' | 'i' | '|' => 'l',
            '0' => 'o',
            '3' => 'e',
            '5' => 's',
            'n' if skeleton.ends_with('r') => {
                skeleton.pop();
                'm'
            }
            'v' if skeleton.ends_with('v') => {
                skeleton.pop();
                'w'
            }
            other => other,
        };
        skeleton.push(plain);
    }
    skeleton
}
