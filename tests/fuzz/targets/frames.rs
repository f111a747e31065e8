//! Frames of a link: whatever is read as one is written with the same bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchfire_protocol::wire::Frame;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = Frame::from_bytes(bytes) {
        assert_eq!(frame.to_bytes(), bytes);
    }
});
