"""The REFER, or what it needs, goes to the wrong place."""
