//! Opens a TUN device: what the kernel sends into it is read here packet by packet, what is written arrives there.

use std::fs::File;
use std::io;

use rustix::ioctl::{Opcode, Updater, ioctl};

/// `TUNSETIFF` and the flags of `linux/if_tun.h`: IP packets, with nothing before them.
const TUNSETIFF: Opcode = 0x4004_54ca;
const IFF_TUN: i16 = 0x0001;
const IFF_NO_PI: i16 = 0x1000;

/// `struct ifreq` of `linux/if.h` as far as `TUNSETIFF` uses it.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; 16],
    flags: i16,
    rest: [u8; 22],
}

/// A new device in the namespace of this process, and its name. It goes away with the file.
pub(super) fn open() -> io::Result<(File, String)> {
    let file = File::options().read(true).write(true).open("/dev/net/tun")?;
    let mut request = InterfaceRequest { name: [0; 16], flags: IFF_TUN | IFF_NO_PI, rest: [0; 22] };
    // The kernel puts a free number in place of `%d`.
    let pattern = b"wftest%d";
    request.name[..pattern.len()].copy_from_slice(pattern);
    // SAFETY: `TUNSETIFF` reads and writes one `struct ifreq`, which has 40 bytes on every platform of Linux with 64 bits,
    // and keeps no pointer to it.
    unsafe { ioctl(&file, Updater::<TUNSETIFF, _>::new(&mut request))? };
    rustix::io::ioctl_fionbio(&file, true)?;
    let name = request.name.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    Ok((file, name))
}
