"""IMAP behind the Mailbox port."""
