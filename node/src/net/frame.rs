//! Frames on a stream: a length (u32, big endian) and as many bytes. Checks the length before anything is allocated.

use std::io;

use futures::{AsyncRead, AsyncReadExt};

/// Bytes before each frame.
pub(super) const HEADER_BYTES: usize = 4;

/// An empty frame: "this stream is the link". Only the node with the smaller peer id sends it, first, once.
pub(super) const MARK: [u8; HEADER_BYTES] = [0; HEADER_BYTES];

/// Puts `frame` behind its length. False, and nothing written, when the length does not fit the header.
pub(super) fn append(batch: &mut Vec<u8>, frame: &[u8]) -> bool {
    let Ok(length) = u32::try_from(frame.len()) else {
        return false;
    };
    batch.extend_from_slice(&length.to_be_bytes());
    batch.extend_from_slice(frame);
    true
}

/// The length of the next frame, or `None` where the stream ends between two frames.
///
/// # Errors
/// `InvalidData` when the frame is empty or longer than `max`; else what the stream says.
pub(super) async fn read_length<R>(stream: &mut R, max: usize) -> io::Result<Option<usize>>
where
    R: AsyncRead + Unpin,
{
    let mut header = [0; HEADER_BYTES];
    let mut have = 0;
    while have < HEADER_BYTES {
        match stream.read(&mut header[have..]).await? {
            0 if have == 0 => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => have += more,
        }
    }
    match usize::try_from(u32::from_be_bytes(header)) {
        Ok(length) if (1..=max).contains(&length) => Ok(Some(length)),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "frame length out of bounds")),
    }
}

/// Reads the mark of the other side.
///
/// # Errors
/// `InvalidData` for anything else; what the stream says when it ends.
pub(super) async fn read_mark<R>(stream: &mut R) -> io::Result<()>
where
    R: AsyncRead + Unpin,
{
    let mut mark = MARK;
    stream.read_exact(&mut mark).await?;
    if mark == MARK { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidData, "no mark")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_length_is_checked_before_the_frame_is_read() {
        let mut batch = Vec::new();
        assert!(append(&mut batch, b"abc"));
        assert_eq!(batch, [0, 0, 0, 3, b'a', b'b', b'c']);
        assert_eq!(read_length(&mut &batch[..], 3).await.unwrap(), Some(3));
        assert!(read_length(&mut &batch[..], 2).await.is_err());
        assert!(read_length(&mut &[0xff; 4][..], 1 << 20).await.is_err());
        assert!(read_length(&mut &MARK[..], 3).await.is_err());
    }

    #[tokio::test]
    async fn a_stream_may_end_between_frames_only() {
        assert_eq!(read_length(&mut &[][..], 3).await.unwrap(), None);
        assert!(read_length(&mut &[0, 0][..], 3).await.is_err());
    }
}
