"""The Refer-To value itself is at fault."""
