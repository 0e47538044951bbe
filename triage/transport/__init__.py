"""SMTP behind the Transport port."""
