//! The phishing mail of the story: made up, with everything in it that must not leave.

/// The domain of the campaign that was hit.
pub(super) const OWN_DOMAIN: &str = "smith-for-state.org";
/// Somebody who works there.
pub(super) const OWN_NAME: &str = "Jordan Ellis";
/// The link that the others should look out for.
pub(super) const LURE: &str = "https://login.donor-portal-verify.top/confirm/renew";
/// What the publisher calls it.
pub(super) const TITLE: &str = "Phishing for donor portal passwords, aimed at Jordan Ellis";

/// The mail as the security lead saved it: headers, body, and a note on the attachment.
pub(super) const MAIL: &str = "\
From: Donor Portal <alerts@donor-portal-verify.top>
To: jordan.ellis@smith-for-state.org
Subject: Your access ends today

Dear Jordan Ellis,

your access to https://portal.smith-for-state.org ends today. Confirm it within one hour:

    https://login.donor-portal-verify.top/confirm/renew

The finance office

-- note of the help desk --
The mail came through 10.20.0.14 (our own gateway) from 185.174.101.13
Attachment: access-form.hta
SHA-256 16b12cea54360aa42e1120e82c1e9bc0371cb63540cb87f4d7a3a1d9c1d2f0aa
";
