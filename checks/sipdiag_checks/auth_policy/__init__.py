"""Authentication, identity or policy stops the transfer."""
