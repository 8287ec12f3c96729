"""The REFER is sent in the wrong state."""
