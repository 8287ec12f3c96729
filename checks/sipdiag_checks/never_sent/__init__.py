"""No REFER leaves the transferring side."""
